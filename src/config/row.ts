import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/** The values in the order of the table's columns, as an INSERT … SELECT wants them; without a number it takes the next. */
export function rowOf<Table extends SQLiteTable>(table: Table, values: Omit<Table["$inferSelect"], "number">): SQL {
  const given: Record<string, unknown> = values;
  const columns = Object.entries(getTableColumns(table));
  return sql.join(
    columns.map(([name, column]) => sql.param(given[name] ?? null, column)),
    sql`, `,
  );
}
