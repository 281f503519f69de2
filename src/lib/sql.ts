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

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Runs one statement to its end. `T` is what its columns are. */
  all<T extends Row>(query: string, ...bindings: SqlStorageValue[]): T[] {
    const cursor = this.#storage.sql.exec<T>(query, ...bindings);
    const rows = cursor.toArray();
    this.rowsWritten += cursor.rowsWritten;
    return rows;
  }

  first<T extends Row>(query: string, ...bindings: SqlStorageValue[]): T | undefined {
    return this.all<T>(query, ...bindings)[0];
  }

  /** All or nothing; synchronous, so nothing else comes in between. */
  transaction<T>(work: () => T): T {
    return this.#storage.transactionSync(work);
  }

  /** Size of the whole database on disk, in bytes. */
  get bytes(): number {
    return this.#storage.sql.databaseSize;
  }
}

/** Small values that an object keeps beside its rows; each write is one billed row. */
export class Meta {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.all("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
  }

  /** What {@link write} stored under the key. The caller names its type: an object reads only what it wrote itself. */
  read<T>(key: string): T | undefined {
    const row = this.#sql.first<{ value: string }>("SELECT value FROM meta WHERE key = ?", key);
    return row && (JSON.parse(row.value) as T);
  }

  write(key: string, value: unknown): void {
    this.#sql.all("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, JSON.stringify(value));
  }

  delete(key: string): void {
    this.#sql.all("DELETE FROM meta WHERE key = ?", key);
  }
}
