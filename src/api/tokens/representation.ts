import { SCOPES } from "../../config/schema.ts";
import type { TokenRow } from "../../config/tokens.ts";
import { Instant, iso, isoOrNull, Timestamp } from "../fields.ts";
import { invalidField } from "../problem.ts";
import * as z from "../z.ts";

const name = z.string().min(1).max(200);
const scopes = z.array(z.enum(SCOPES));

/** Ten years of 365 days. */
const LONGEST_SECONDS = 315_360_000;

export const NewToken = z
  .strictObject({
    name,
    scopes: scopes
      .min(1)
      .max(SCOPES.length)
      .refine((all) => new Set(all).size === all.length, "Each scope may appear once"),
    expires_at: Instant.nullish().openapi({ description: "When it ends: a moment to come. Without one it does not." }),
    expires_in: z.int().min(1).max(LONGEST_SECONDS).nullish().openapi({
      description: "In place of `expires_at`: how long it is good for, in seconds.",
      example: 2_592_000,
    }),
  })
  .refine((body) => body.expires_at == null || body.expires_in == null, {
    path: ["expires_in"],
    message: "Give expires_at or expires_in, not both",
  })
  .openapi("NewToken");

/**
 * When the token to be ends, in milliseconds since 1970; null: never.
 * @throws ApiError invalid_request where that is over
 */
export function endOf({ expires_at, expires_in }: z.output<typeof NewToken>, now: number): number | null {
  if (expires_in != null) return now + expires_in * 1000;
  if (expires_at == null) return null;
  if (expires_at <= now) throw invalidField("expires_at", "It must be a moment to come: this one is over");
  return expires_at;
}

const shape = {
  id: z.string(),
  name,
  scopes,
  created_at: Timestamp,
  expires_at: Timestamp.nullable().openapi({ description: "From then on it is refused; null: it does not end." }),
  last_used_at: Timestamp.nullable().openapi({
    description: "A moment at which it was used. It is noted once an hour: the last use may be up to an hour later.",
  }),
};

export const TokenView = z
  .object(shape)
  .openapi("Token", { description: "A token without its text, which is shown once, on creation." });

export const CreatedToken = z
  .object({ ...shape, token: z.string().openapi({ description: "Shown here and never again.", example: "pht_…" }) })
  .openapi("CreatedToken");

export function viewToken(row: TokenRow): z.infer<typeof TokenView> {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    created_at: iso(row.createdAt),
    expires_at: isoOrNull(row.expiresAt),
    last_used_at: isoOrNull(row.lastUsedAt),
  };
}
