import { chaotic, d1 as trouble } from "./control.ts";
import { counters } from "./counters.ts";
import { LIMITS } from "./figures.ts";
import { invocations, outgoing, pause } from "./life.ts";
import { refuseTooLarge } from "./sizes.ts";
import { travelling } from "./travelling.ts";

/** As D1's own code sends it to the database. */
interface Statement {
  sql: string;
  params: unknown[];
}

/** As the database answers it. */
interface Result {
  meta?: { rows_read?: number; rows_written?: number };
}

type Send = (url: string, init: { body: string }) => Promise<Response>;

/** What D1's own code makes its requests with: nothing that is documented, and all that goes to the database. */
interface Internals {
  fetcher: { fetch: Send };
  alwaysPrimarySession: { fetcher: { fetch: Send } };
}

/** While it stands still, how often it is looked whether it still does, in milliseconds. */
const LOOK_MS = 20;

/** Wraps a database in its place. */
export function modelD1(database: D1Database): void {
  const internals = database as unknown as Internals;
  const real = internals.fetcher;
  const fetcher = { fetch: (url: string, init: { body: string }) => outgoing("D1", () => query(real, url, init)) };
  internals.fetcher = fetcher;
  internals.alwaysPrimarySession.fetcher = fetcher;
}

async function query(real: { fetch: Send }, url: string, init: { body: string }): Promise<Response> {
  const statements = [JSON.parse(init.body) as Statement | Statement[]].flat();
  const invocation = invocations.getStore();
  if (invocation) {
    invocation.d1Queries += statements.length;
    if (invocation.d1Queries > LIMITS.d1Queries) throw new Error("Too many API requests by single Worker invocation.");
  }
  for (const { sql, params } of statements) refuseTooLarge(sql, params, "D1_ERROR: ");
  const send = () => travelling("d1", () => answered(() => real.fetch(url, init)));
  return invocation ? invocation.d1Connections.use(send) : send();
}

async function answered(send: () => Promise<Response>): Promise<Response> {
  while (trouble.is === "standing") await pause(LOOK_MS);
  if (trouble.is === "refusing") throw new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long.");
  if (chaotic.strikes("d1", "query")) throw new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long.");
  const response = await send();
  if (chaotic.strikes("d1Lost", "query")) throw new Error("D1_ERROR: Network connection lost.");
  const text = await response.text();
  for (const { meta = {} } of [JSON.parse(text) as Result | Result[]].flat()) {
    counters.d1.queries++;
    counters.d1.rowsRead += meta.rows_read ?? 0;
    counters.d1.rowsWritten += meta.rows_written ?? 0;
  }
  return new Response(text, response);
}
