import type { EventType } from "../systems/event-type.ts";
import { dialects } from "../systems/index.ts";
import { inboundEvents } from "./inbound.ts";
import { operationalEvents } from "./operational.ts";

export type { EventType, Json, JsonSchema } from "../systems/event-type.ts";

/** Every type that all workspaces know: each system's, what providers report, and what Posthorn itself has to say. */
export const builtIn: readonly EventType[] = [
  ...[...dialects.values()].flatMap(({ catalogue }) => catalogue),
  ...inboundEvents,
  ...operationalEvents,
];

const byName = Map.groupBy(builtIn, ({ name }) => name);

/** The names, each once: two systems may have types of one name. */
export const builtInNames: readonly string[] = [...byName.keys()];

/** A type by its name; where several systems have it, that of `system` if it is among them. */
export function builtInType(name: string, system?: string): EventType | undefined {
  const named = byName.get(name);
  return named?.find((type) => type.system === system) ?? named?.[0];
}
