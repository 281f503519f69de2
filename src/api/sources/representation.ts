import type { SourceRow } from "../../config/schema.ts";
import { openCredentials } from "../../config/sources.ts";
import { callbackUrlOf } from "../../inbound/callback-url.ts";
import { providerOf } from "../../inbound/providers/index.ts";
import { iso, Timestamp } from "../fields.ts";
import * as z from "../z.ts";

export const SourceView = z
  .object({
    id: z.string().openapi({ example: "src_01KMN3V4W5X6Y7Z8A9B0C1D2E3" }),
    provider: z.string().openapi({ example: "github" }),
    name: z.string(),
    callback_url: z.string().openapi({
      description: "To be entered at the provider, exactly as it is: `public_url` where there is one.",
      example: "https://posthorn.example.com/in/github/src_01KMN3V4W5X6Y7Z8A9B0C1D2E3",
    }),
    public_url: z.string().nullable(),
    credentials: z
      .record(z.string(), z.string())
      .openapi({ description: "Which are set, and how many of each.", example: { secret: "2 set" } }),
    signed: z.boolean().openapi({
      description: "Whether the provider signs its callbacks; else a shared credential is all the proof there is.",
    }),
    options: z.record(z.string(), z.unknown()),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .openapi("Source");

/**
 * @param origin that the service was called at
 * @throws UnsealError if the stored credentials do not open
 */
export async function viewSource(env: Env, origin: string, row: SourceRow): Promise<z.infer<typeof SourceView>> {
  const { provider, publicUrl } = row;
  return {
    id: row.id,
    provider,
    name: row.name,
    callback_url: callbackUrlOf(origin, { id: row.id, provider, publicUrl }),
    public_url: publicUrl,
    credentials: summarise(await openCredentials(env, row)),
    signed: providerOf(provider)?.signed ?? false,
    options: row.options,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

/** What may be told of credentials: their names, and how many there are of each. Never anything that they say. */
export function summarise(credentials: unknown): Record<string, string> {
  if (typeof credentials !== "object" || credentials === null) return {};
  return Object.fromEntries(
    Object.entries(credentials)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, Array.isArray(value) && value.length !== 1 ? `${value.length} set` : "set"]),
  );
}
