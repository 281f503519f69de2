import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
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
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql") && !applied.has(name)).sort();
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
