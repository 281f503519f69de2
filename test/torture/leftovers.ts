import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { eventually } from "../support/eventually.ts";
import { BUSY_MS, objectFile } from "../support/object-file.ts";
import { streamNames } from "./tenant.ts";
import { deleteTenant } from "./tenants.ts";
import type { Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

/** Nothing is left of what was deleted, neither in D1 nor in the file of any object. */

/** After a deletion its objects are emptied once more, for what came late: two hours later (docs/operating.md). */
const EMPTIED_FOR_GOOD_MS = 3 * 3_600_000;
/** What tells of a deletion stays by intent. */
const TELLS = new Set(["audit_log"]);

/** Deletes one more workspace, as the last thing, and looks once the service has ended. */
export async function checkLeftovers(verdict: Verdict, world: World): Promise<void> {
  const last = world.tenants.at(-1);
  if (last) await deleteTenant(world, last);
  await world.setClockAhead(EMPTIED_FOR_GOOD_MS);
  const errands = () => inD1(world.service.stateDir, (rows) => rows("errands").length);
  await eventually(
    async () => {
      await world.command({ sweep: "now" });
      return errands();
    },
    (left) => left === 0,
    { everyMs: 500 },
  );
  await world.service.stop();
  const { workspaces, webhooks, sources } = world.deleted;
  const { stateDir } = world.service;
  const objects = [
    ...workspaces.flatMap(streamNames).map((name) => ["EventStream", name] as const),
    ...webhooks.map((id) => ["Endpoint", id] as const),
    ...sources.map((id) => ["Source", id] as const),
  ];
  for (const [ofClass, name] of objects) {
    const tables = tablesIn(objectFile(stateDir, ofClass, name));
    if (tables.length > 0) verdict.wrong.push(`${ofClass} ${name} was deleted, and has ${tables.join()}`);
  }
  checkOrphans(verdict, stateDir);
  // The check can see: what was not deleted is found by the same way.
  const there = world.tenants.flatMap(({ id, hooks, sources: all }) => [
    ["EventStream", `${id}`] as const,
    ...hooks.map((hook) => ["Endpoint", hook.id] as const),
    ...all.map((source) => ["Source", source.id] as const),
  ]);
  for (const [ofClass, name] of there) {
    if (tablesIn(objectFile(stateDir, ofClass, name)).length === 0)
      verdict.wrong.push(`${ofClass} ${name} has no file`);
  }
  const names = new Set([...webhooks, ...sources]);
  const numbers = new Set(workspaces);
  inD1(world.service.stateDir, (rows, tables) => {
    const there = new Set(rows("endpoints").map(({ number }) => number));
    for (const table of tables.filter((each) => !TELLS.has(each))) {
      const left = rows(table).filter((row) => {
        const ofWorkspace =
          numbers.has(Number(row.workspace_id)) || (table === "workspaces" && numbers.has(Number(row.id)));
        return ofWorkspace || Object.values(row).some((value) => typeof value === "string" && names.has(value));
      });
      // Secrets are of a number, which is of a webhook.
      const ofNobody = table === "endpoint_secrets" ? rows(table).filter(({ endpoint }) => !there.has(endpoint)) : [];
      left.push(...ofNobody);
      if (left.length > 0) verdict.wrong.push(`D1 has ${left.length} rows in ${table} of what was deleted`);
    }
  });
}

/** Whoever has something stored belongs to something that D1 knows. */
function checkOrphans(verdict: Verdict, stateDir: string): void {
  const known = new Set<string>();
  const add = (ofClass: string, name: unknown) => known.add(objectFile(stateDir, ofClass, String(name)));
  inD1(stateDir, (rows) => {
    for (const { id } of rows("endpoints")) add("Endpoint", id);
    for (const { id } of rows("sources")) add("Source", id);
    for (const { id } of rows("workspaces")) for (const name of streamNames(Number(id))) add("EventStream", name);
  });
  for (const ofClass of ["Endpoint", "Source", "EventStream", "Courier", "Relay"]) {
    const folder = dirname(objectFile(stateDir, ofClass, ""));
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".sqlite")) : [];
    for (const file of files.map((name) => join(folder, name)).filter((name) => !known.has(name))) {
      const tables = tablesIn(file);
      if (tables.length > 0) verdict.wrong.push(`An object of ${ofClass} that nobody knows of has ${tables.join()}`);
    }
  }
}

/** Those that the runtime itself makes left out. */
function tablesIn(file: string): string[] {
  if (!existsSync(file)) return [];
  // Not read-only: of one that was killed, SQLite first has to put its log in order.
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables.map(({ name }) => String(name)).filter((name) => !/^(_cf_|sqlite_)/.test(name));
  } finally {
    database.close();
  }
}

type Rows = (table: string) => Record<string, unknown>[];

function inD1<T>(stateDir: string, look: (rows: Rows, tables: string[]) => T): T {
  const folder = join(stateDir, "d1/miniflare-D1DatabaseObject");
  const file = readdirSync(folder).find((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  const database = new DatabaseSync(join(folder, file ?? ""), { readOnly: true, timeout: BUSY_MS });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const names = tables.map(({ name }) => String(name)).filter((name) => !/^(_cf_|sqlite_|d1_)/.test(name));
    return look((table) => database.prepare(`SELECT * FROM "${table}"`).all(), names);
  } finally {
    database.close();
  }
}
