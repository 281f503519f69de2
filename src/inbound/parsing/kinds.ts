import type { Json } from "../../systems/event-type.ts";
import type { InboundRecord, MessageKind } from "../provider.ts";
import type { Pair } from "./form.ts";
import type { JsonObject } from "./json.ts";
import { asObject } from "./parameters.ts";

/** What a message is, and what its provider says of it that no other field of its event has. */

/** What providers call the kinds of messages, in lower case. What is not among these is `unsupported`. */
const KINDS: Readonly<Record<string, MessageKind>> = {
  text: "text",
  image: "image",
  audio: "audio",
  voice: "audio",
  video: "video",
  document: "document",
  file: "document",
  sticker: "sticker",
  media: "media",
  location: "location",
  contact: "contacts",
  contacts: "contacts",
  vcard: "contacts",
  order: "order",
  button: "interactive",
  reply: "interactive",
  interactive: "interactive",
  button_reply: "interactive",
  list_reply: "interactive",
  quick_reply: "interactive",
  nfm_reply: "interactive",
  flow: "interactive",
  postback: "interactive",
  reaction: "reaction",
  system: "system",
  binary: "binary",
};

/** @param name as the provider calls it; null where it does not */
export function kindOf(name: string | null | undefined): MessageKind {
  const known = name?.toLowerCase() ?? "";
  return (Object.hasOwn(KINDS, known) ? KINDS[known] : undefined) ?? "unsupported";
}

/** Of a file's content type, such as `image/jpeg`. */
export function kindOfMedia(contentType: string | null | undefined): MessageKind {
  // RFC 6350, 10.1, and its names from before.
  if (/^text\/(?:x-)?(?:vcard|directory)\b/i.test(contentType ?? "")) return "contacts";
  const [family = ""] = (contentType ?? "").split("/", 1);
  if (family === "image" || family === "audio" || family === "video") return family;
  return family === "" ? "media" : "document";
}

type Content = Pick<InboundRecord, "kind" | "content" | "unsupported">;

/** `kind` with `content`, which is left out where there is nothing in it. */
export function contentOf(kind: MessageKind, content: JsonObject): Content {
  return {
    kind,
    ...(Object.keys(content).length === 0 ? {} : { content }),
    ...(kind === "unsupported" ? { unsupported: true } : {}),
  };
}

/** Parameters but for those that other fields of the event have. */
export const remaining = (pairs: readonly Pair[], isElsewhere: (name: string) => boolean): JsonObject =>
  asObject(pairs.filter(([name, value]) => value !== "" && !isElsewhere(name)));

/** `provider_ids` of those that are there; nothing where none is. */
export function idsOf(ids: Readonly<Record<string, string | null | undefined>>): Pick<InboundRecord, "provider_ids"> {
  const told = Object.entries(ids).flatMap(([name, id]) => (id ? [[name, id] as const] : []));
  return told.length === 0 ? {} : { provider_ids: Object.fromEntries(told) };
}

/** A field that is there or left out. */
export const optional = <Name extends string>(name: Name, value: Json | undefined): { [Key in Name]?: Json } =>
  value === undefined || value === null ? {} : ({ [name]: value } as { [Key in Name]?: Json });

/** `error` of a status, where there is anything to tell. */
export const errorOf = (
  code: string | null,
  text: string | null,
): { error?: { code: string | null; text: string | null } } =>
  code === null && text === null ? {} : { error: { code, text } };
