/** One row of a result; columns by name. */
type Row = Record<string, SqlStorageValue>;

/**
 * An object's SQLite, with a count of the rows written, which is what Cloudflare bills ($1.00 per million; a deletion
 * and each touched index count as well). The tests pin the bill by this count.
 */
export class Sql {
  readonly #storage: DurableObjectStorage;
  /** Rows written since the object woke up, alarms set included. */
  rowsWritten = 0;
  /** Rows looked at for answers, whether or not they were among them. */
  rowsRead = 0;
  #rowsConfirmed = 0;
  /**
   * Tables that are to be made before the first row: an object that is only asked for something, or told to forget it, leaves
   * nothing behind.
   */
  #pending: string[] = [];
  readonly #empty: boolean;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#empty = this.#run("SELECT 1 AS yes FROM sqlite_master WHERE type = 'table' AND name = 'meta'").length === 0;
  }

  /**
   * Says which tables there are to be. In an object that has none they are made together with the first row, as one
   * commit: waiting for the disk is most of what a new object costs.
   * @param create statements that bear repetition
   */
  define(create: string): void {
    if (this.#empty) this.#pending.push(create);
    else this.#run(create);
  }

  /** Whether the object has never stored anything. */
  get isEmpty(): boolean {
    return this.#pending.length > 0;
  }

  /** Runs one statement to its end. `T` is what its columns are. */
  all<T extends Row>(query: string, ...bindings: SqlStorageValue[]): T[] {
    if (this.#pending.length > 0) {
      if (/^\s*(?:SELECT|DELETE|UPDATE)\b/.test(query)) return [];
      for (const create of this.#pending.splice(0)) this.#run(create);
    }
    return this.#run<T>(query, ...bindings);
  }

  #run<T extends Row>(query: string, ...bindings: SqlStorageValue[]): T[] {
    const cursor = this.#storage.sql.exec<T>(query, ...bindings);
    const rows = cursor.toArray();
    this.rowsWritten += cursor.rowsWritten;
    this.rowsRead += cursor.rowsRead;
    return rows;
  }

  first<T extends Row>(query: string, ...bindings: SqlStorageValue[]): T | undefined {
    return this.all<T>(query, ...bindings)[0];
  }

  /** All or nothing; synchronous, so nothing else comes in between. */
  transaction<T>(work: () => T): T {
    return this.#storage.transactionSync(work);
  }

  /** Resolves when all that was written is confirmed: until then nothing leaves the object. Undefined if it is already. */
  confirmed(): Promise<void> | undefined {
    return this.rowsWritten > this.#rowsConfirmed ? this.#confirm(this.rowsWritten) : undefined;
  }

  async #confirm(rows: number): Promise<void> {
    await this.#storage.sync();
    this.#rowsConfirmed = Math.max(this.#rowsConfirmed, rows);
  }

  /** Size of the whole database on disk, in bytes. */
  get bytes(): number {
    return this.#storage.sql.databaseSize;
  }
}

/**
 * Small values that an object keeps beside its rows; each write is one billed row. They are read once, all together: an
 * object that wakes up among thousands has no time for a question each.
 */
export class Meta {
  readonly #sql: Sql;
  readonly #values = new Map<string, string>();

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.define("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
    for (const { key, value } of sql.all<{ key: string; value: string }>("SELECT key, value FROM meta")) {
      this.#values.set(key, value);
    }
  }

  /** What {@link write} stored under the key. The caller names its type: an object reads only what it wrote itself. */
  read<T>(key: string): T | undefined {
    const value = this.#values.get(key);
    return value === undefined ? undefined : (JSON.parse(value) as T);
  }

  write(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    this.#sql.all("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, text);
    this.#values.set(key, text);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#sql.all("DELETE FROM meta WHERE key = ?", key);
  }
}
