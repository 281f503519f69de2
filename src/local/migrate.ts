import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Miniflare } from "miniflare";

type Database = Awaited<ReturnType<Miniflare["getD1Database"]>>;

const RECORD = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/**
 * Applies what a database lacks of a folder's *.sql files, in the order of their names, each in one transaction with
 * its entry in `d1_migrations`. Wrangler keeps the same table: either may go on where the other stopped.
 * @returns the names of the migrations that were applied now
 * @throws Error naming the migration that failed; it left nothing behind
 */
export async function migrate(db: Database, folder: string): Promise<string[]> {
  await db.prepare(RECORD).run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  const files = (await migrationsIn(folder)).filter((name) => !applied.has(name));
  for (const name of files) {
    const statements = (await readFile(join(folder, name), "utf8")).split("--> statement-breakpoint");
    try {
      await db.batch([
        ...statements.filter((sql) => sql.trim() !== "").map((sql) => db.prepare(sql.trim())),
        db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
      ]);
    } catch (cause) {
      throw new Error(`Migration ${name} failed: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  return files;
}

/** The names of a folder's migrations, in their order. */
export const migrationsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();

/** Where Miniflare keeps databases, below the state's folder. */
const DATABASES = "d1/miniflare-D1DatabaseObject";

/** The names of all migrations that a state's database has; undefined if there is none yet. Asks nobody but the file. */
export async function namesApplied(stateDir: string): Promise<Set<string> | undefined> {
  const folder = join(stateDir, DATABASES);
  const names = await readdir(folder).catch(() => []);
  const file = names.find((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  if (file === undefined) return undefined;
  const database = new DatabaseSync(join(folder, file));
  try {
    if (!database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'd1_migrations'").get()) return undefined;
    const rows = database.prepare("SELECT name FROM d1_migrations").all();
    return new Set(rows.map(({ name }) => String(name)));
  } finally {
    database.close();
  }
}
