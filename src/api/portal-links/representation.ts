import { SCOPES } from "../../config/schema.ts";
import { Timestamp } from "../fields.ts";
import { z } from "../z.ts";

const DAY_S = 86_400;
/** As long as who signs in with a token stays so. */
export const LONGEST_SESSION_S = 12 * 3600;

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

export const PortalLinkView = z
  .object({
    id: z.string().openapi({ example: "lnk_01KMN3V4W5X6Y7Z8A9B0C1D2E3" }),
    url: z.string().openapi({
      description: "Shown here and never again. It opens the portal once.",
      example: "https://hooks.example.com/portal/link/phl_…",
    }),
    expires_at: Timestamp.openapi({ description: "Up to then it can be opened." }),
    session_seconds: z.int(),
    scopes,
  })
  .openapi("PortalLink");
