import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The files in which a service that is stopped keeps its objects. */

/** Where a class keeps events, as JSON texts. */
const EVENTS = {
  Endpoint: [
    { table: "open_parcels", column: "events" },
    { table: "log", column: "events" },
  ],
  EventStream: [{ table: "events", column: "body" }],
};

/**
 * Opens the file of the object that has an event, and closes it again.
 * @throws Error if none has
 */
export function editObject<T>(
  stateDir: string,
  of: keyof typeof EVENTS,
  eventId: string,
  edit: (database: DatabaseSync) => T,
): T {
  const folder = join(stateDir, "do", `posthorn-${of}`);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names.filter((file) => file.endsWith(".sqlite") && file !== "metadata.sqlite")) {
    const database = new DatabaseSync(join(folder, name));
    try {
      if (EVENTS[of].some(({ table, column }) => has(database, table, column, eventId))) return edit(database);
    } finally {
      database.close();
    }
  }
  throw new Error(`No ${of} has the event ${eventId}`);
}

function has(database: DatabaseSync, table: string, column: string, eventId: string): boolean {
  if (!database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table)) return false;
  const found = database.prepare(`SELECT 1 FROM ${table} WHERE instr(${column}, ?) > 0 LIMIT 1`).get(`"${eventId}"`);
  return found !== undefined;
}
