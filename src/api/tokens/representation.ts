import { SCOPES } from "../../config/schema.ts";
import type { TokenRow } from "../../config/tokens.ts";
import { iso, Timestamp } from "../fields.ts";
import { z } from "../z.ts";

const name = z.string().min(1).max(200);
const scopes = z.array(z.enum(SCOPES));

export const NewToken = z
  .strictObject({
    name,
    scopes: scopes
      .min(1)
      .max(SCOPES.length)
      .refine((all) => new Set(all).size === all.length, "Each scope may appear once"),
  })
  .openapi("NewToken");

export const TokenView = z
  .object({ id: z.string(), name, scopes, created_at: Timestamp })
  .openapi("Token", { description: "A token without its text, which is shown once, on creation." });

export const CreatedToken = z
  .object({
    id: z.string(),
    name,
    scopes,
    token: z.string().openapi({ description: "Shown here and never again.", example: "pht_…" }),
    created_at: Timestamp,
  })
  .openapi("CreatedToken");

export function viewToken({ id, name, scopes, createdAt }: TokenRow): z.infer<typeof TokenView> {
  return { id, name, scopes, created_at: iso(createdAt) };
}
