import { cases } from "./cases/dialect.ts";
import { community } from "./community/dialect.ts";
import type { Dialect } from "./dialect.ts";
import { gopimi } from "./gopimi/dialect.ts";
import { platform } from "./platform/dialect.ts";
import { standard } from "./standard/dialect.ts";

export { cases } from "./cases/dialect.ts";
export type { Dialect, Handshake, Message, Sending, SignatureForm } from "./dialect.ts";
export { platform } from "./platform/dialect.ts";
export { standard } from "./standard/dialect.ts";

/** Every system that Posthorn can be, by its name in the API; the first is the default. */
export const dialects: ReadonlyMap<string, Dialect> = new Map(
  [gopimi, platform, cases, community, standard].map((each) => [each.name, each]),
);

export const defaultDialect: Dialect = gopimi;

/** @throws RangeError for a name that is not registered: names are checked where they come in. */
export function dialectOf(name: string): Dialect {
  const dialect = dialects.get(name);
  if (!dialect) throw new RangeError(`No dialect is called ${name}`);
  return dialect;
}
