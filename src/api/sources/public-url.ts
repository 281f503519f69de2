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
