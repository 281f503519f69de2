import type { ListedLink } from "../../config/portal-links.ts";
import { LONGEST_SESSION_S } from "../../config/portal-sessions.ts";
import { SCOPES } from "../../config/schema.ts";
import { iso, isoOrNull, Timestamp } from "../fields.ts";
import * as z from "../z.ts";

const DAY_S = 86_400;

const scopes = z.array(z.enum(SCOPES));

export const NewPortalLink = z
  .strictObject({
    expires_in: z.int().min(10).max(DAY_S).default(300).openapi({
      description: "For how many seconds the link can be opened. Make one when somebody asks for it.",
    }),
    session_seconds: z.int().min(60).max(LONGEST_SESSION_S).default(LONGEST_SESSION_S).openapi({
      description: "For how many seconds who has opened it stays in.",
    }),
    scopes: scopes
      .min(1)
      .max(SCOPES.length)
      .refine((all) => new Set(all).size === all.length, "Each scope may appear once")
      .refine((all) => all.includes("read"), "Without read nothing can be seen: add it")
      .optional()
      .openapi({
        description:
          "What who opens it may do; none that the caller lacks. By default `read`, and `manage` if the caller has it.",
        example: ["read", "manage"],
      }),
  })
  .openapi("NewPortalLink");

const shape = {
  id: z.string().openapi({ example: "lnk_01KMN3V4W5X6Y7Z8A9B0C1D2E3" }),
  expires_at: Timestamp.openapi({
    description: "Up to then it can be opened; never beyond the end of the token that made it.",
  }),
  session_seconds: z.int(),
  scopes,
};

export const CreatedPortalLink = z
  .object({
    ...shape,
    url: z.string().openapi({
      description: "Shown here and never again. It opens the portal once.",
      example: "https://hooks.example.com/portal/link/phl_…",
    }),
  })
  .openapi("CreatedPortalLink");

export const PortalLinkView = z
  .object({
    ...shape,
    status: z.enum(["unopened", "expired", "in_use", "ended"]).openapi({
      description:
        "`unopened`: it can be opened. `expired`: nobody did in time. `in_use`: who opened it is in. `ended`: not any more.",
    }),
    made_by: z.string().nullable().openapi({
      description: "The token that made it, and takes it along when it is revoked; null: the admin.",
      example: "tok_01KMN3V4W5X6Y7Z8A9B0C1D2E3",
    }),
    created_at: Timestamp,
    opened_at: Timestamp.nullable(),
    session_ends_at: Timestamp.nullable().openapi({ description: "Of who opened it; null where nobody is in by it." }),
  })
  .openapi("PortalLink", { description: "A link without what stands in it, which is shown once, on creation." });

/** @param now in milliseconds since 1970 */
export function viewPortalLink(row: ListedLink, now: number): z.infer<typeof PortalLinkView> {
  const endsAt = row.sessionEndsAt !== null && row.sessionEndsAt > now ? row.sessionEndsAt : null;
  const unopened = row.expiresAt > now ? "unopened" : "expired";
  return {
    id: row.id,
    expires_at: iso(row.expiresAt),
    session_seconds: row.sessionSeconds,
    scopes: row.scopes,
    status: row.usedAt === null ? unopened : endsAt === null ? "ended" : "in_use",
    made_by: row.tokenId,
    created_at: iso(row.createdAt),
    opened_at: isoOrNull(row.usedAt),
    session_ends_at: isoOrNull(endsAt),
  };
}

export const EndedSessions = z
  .object({
    sessions: z.int().openapi({ description: "How many went on until now." }),
    links: z.int().openapi({ description: "How many could still have been opened." }),
  })
  .openapi("EndedSessions");
