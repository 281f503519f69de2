import type { SourceFields } from "../../config/sources.ts";
import { providers } from "../../inbound/providers/index.ts";
import { defined, namedValues } from "../fields.ts";
import * as z from "../z.ts";

/** The scheme and the host, which count the same in either case. */
const ORIGIN = /^[a-z]+:\/\/[^/?#]*/i;

/** Why a text cannot be the URL that a provider calls; null if it can. */
function complaint(text: string): string | null {
  const url = URL.parse(text);
  if (url?.protocol !== "https:") return "This is not an https:// URL";
  if (url.username !== "" || url.password !== "") return "A public URL has no user name or password";
  // As they stand there: an empty query or fragment is one, too.
  if (text.includes("?") || text.includes("#")) return "A public URL has no query and no fragment";
  if (url.pathname === "/") return "A public URL needs a path, such as /github";
  // Of two spellings of one URL, the provider may sign the other.
  return lowerOrigin(text) === url.href ? null : `Write it as ${url.href}`;
}

const lowerOrigin = (text: string): string => text.replace(ORIGIN, (origin) => origin.toLowerCase());

/** The URL that a provider calls where it is not this service's own. Read with its host in lower case. */
export const PublicUrl = z
  .string()
  .max(2000, "A URL has at most 2000 characters: use a shorter one")
  .superRefine((text, context) => {
    const message = complaint(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  })
  .transform(lowerOrigin)
  .openapi({ format: "uri" });

const name = z.string().min(1).max(200, "A name has at most 200 characters: shorten it");
const credentials = namedValues(z.unknown()).openapi({
  description:
    "What the provider signs with. Which there are is the provider's matter; where it allows two of one, both are taken while one is rotated out. They never come back.",
  example: { secret: ["the new one", "the old one"] },
});
/** Null is as good as left out on creation, and clears the field in a change. */
const optional = {
  options: namedValues(z.unknown()).nullish().openapi({ description: "Which there are is the provider's matter." }),
  public_url: PublicUrl.nullish().openapi({
    description:
      "The whole URL that the provider calls, where that is not this service's own: with a proxy in between. Providers sign it.",
    example: "https://hooks.example.com/github",
  }),
};

export const NewSource = z
  .strictObject({
    provider: z
      .string()
      .min(1)
      .max(100)
      .openapi({ description: `One of: ${Object.keys(providers).join(", ")}.`, example: "github" }),
    name,
    credentials,
    ...optional,
  })
  .openapi("NewSource");

export const SourceChanges = z
  .strictObject({
    name: name.optional(),
    credentials: credentials.optional().openapi({ description: "They replace all that there were." }),
    ...optional,
  })
  .openapi("SourceChanges");

const MADE = "It is made by the service: set public_url where the provider calls another URL";

/** Why a creation does not take this. */
export const HINTS = { callback_url: MADE };

/** Why a change does not take these. */
export const CHANGE_HINTS = {
  callback_url: MADE,
  provider: "A source keeps its provider, as its credentials are for that one: create another source",
};

/** The columns that a body names; those that it leaves out are left out. */
export function sourceFields(body: z.infer<typeof SourceChanges>): Partial<SourceFields> {
  return defined({
    name: body.name,
    credentials: body.credentials,
    options: body.options === null ? {} : body.options,
    publicUrl: body.public_url,
  });
}
