import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { endpointSecrets, endpoints, sources } from "./schema.ts";
import { identityOf } from "./secrets.ts";

/** A column that holds sealed values. */
export type SealedPlace = {
  /** What its values are, for the operator. */
  kind: "endpoint_secret" | "endpoint_headers" | "endpoint_verify_token" | "source_credentials";
  table: SQLiteTable;
  /** The whole number that tells its rows apart. */
  row: SQLiteColumn;
  column: SQLiteColumn;
  /** The id of whom a row's value belongs to. */
  owner: SQL;
  /** What it was sealed for, by the owner's id. */
  identity: (owner: string) => string;
};

const ownerOfSecret = sql`(SELECT ${endpoints.id} FROM ${endpoints} WHERE ${endpoints.number} = ${endpointSecrets.endpoint})`;

/** Every column that holds sealed values: what is not here, re-encryption forgets. Durable Objects hold none. */
export const SEALED_PLACES: readonly SealedPlace[] = [
  {
    kind: "endpoint_secret",
    table: endpointSecrets,
    row: endpointSecrets.id,
    column: endpointSecrets.sealed,
    owner: ownerOfSecret,
    identity: identityOf.secret,
  },
  {
    kind: "endpoint_headers",
    table: endpoints,
    row: endpoints.number,
    column: endpoints.headers,
    owner: sql`${endpoints.id}`,
    identity: identityOf.headers,
  },
  {
    kind: "endpoint_verify_token",
    table: endpoints,
    row: endpoints.number,
    column: endpoints.verifyToken,
    owner: sql`${endpoints.id}`,
    identity: identityOf.verifyToken,
  },
  {
    kind: "source_credentials",
    table: sources,
    row: sources.number,
    column: sources.credentials,
    owner: sql`${sources.id}`,
    identity: identityOf.sourceCredentials,
  },
];
