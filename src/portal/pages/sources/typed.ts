import type { Guide, Placeholder } from "../../../inbound/guide.ts";
import { base64, hex } from "../../../lib/bytes.ts";
import { numberIn } from "../../page-context.ts";
import type { Setting } from "./settings.ts";

/** What somebody has typed into a source's form, by the names of its fields. */
export type FormValues = Readonly<Record<string, string>>;

/** The second of two credentials. */
export const secondOf = (name: string): string => `${name}.second`;

export function typedIn(form: FormData): FormValues {
  const texts = [...form].flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name, value.trim()]] : [],
  );
  return Object.fromEntries(texts);
}

/** The credentials that were typed: what was left empty is not there. */
export function credentialsIn(settings: readonly Setting[], typed: FormValues): Record<string, unknown> {
  const given = settings.flatMap(({ place, name, key, two }): [string, unknown][] => {
    if (place !== "credentials") return [];
    const values = [typed[name] ?? "", two ? (typed[secondOf(name)] ?? "") : ""].filter((value) => value !== "");
    if (values.length === 0) return [];
    return [[key, values.length === 1 ? values[0] : values]];
  });
  return Object.fromEntries(given);
}

/** The options that were typed: what was left empty, or as it usually is, is not there. */
export function optionsIn(settings: readonly Setting[], typed: FormValues): Record<string, unknown> {
  const given = settings.flatMap((setting): [string, unknown][] => {
    if (setting.place !== "options") return [];
    const value = optionValue(setting, typed[setting.name] ?? "");
    return value === undefined ? [] : [[setting.key, value]];
  });
  return Object.fromEntries(given);
}

function optionValue({ kind, usual }: Setting, text: string): unknown {
  if (kind === "switch") return text === "" ? undefined : true;
  if (text === "" || text === usual) return undefined;
  if (kind === "number") return numberIn(text);
  if (kind !== "lines") return text;
  return text.split(/\s+/).filter((line) => line !== "");
}

/** A source's options as they stand in the fields of its form. */
export function typedFrom(settings: readonly Setting[], options: Readonly<Record<string, unknown>>): FormValues {
  const texts = settings.flatMap(({ place, name, key }): [string, string][] => {
    const value = options[key];
    if (place !== "options" || value === undefined || value === false) return [];
    return [[name, Array.isArray(value) ? value.join("\n") : String(value)]];
  });
  return Object.fromEntries(texts);
}

/** Suggestions for the credentials that are the user's own to choose: 160 random bits. */
export function suggested(guide: Guide, settings: readonly Setting[]): FormValues {
  const own = settings.filter(({ place, name }) => place === "credentials" && guide.fields[name]?.ours);
  return Object.fromEntries(own.map(({ name, key }) => [name, OPEN_NAMES[key] ?? randomText()]));
}

const OPEN_NAMES: Readonly<Record<string, string>> = { header: "X-Posthorn", username: "posthorn" };

const randomText = (): string => hex(crypto.getRandomValues(new Uint8Array(20)));

/** In place of credentials that are still to come. Their other halves are kept nowhere: nobody can sign by them. */
export async function placeholders(
  guide: Guide,
  settings: readonly Setting[],
  given: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const missing = settings.filter(({ place, key }) => place === "credentials" && !(key in given));
  const made = missing.flatMap(({ name, key }) => {
    const kind = guide.fields[name]?.later;
    return kind ? [placeholder(kind).then((text) => [key, text] as const)] : [];
  });
  return Object.fromEntries(await Promise.all(made));
}

async function placeholder(kind: Placeholder): Promise<string> {
  if (kind === "text") return randomText();
  if (kind === "whsec") return `whsec_${base64(crypto.getRandomValues(new Uint8Array(24)))}`;
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  if (!("publicKey" in pair)) throw new TypeError("A pair of keys was asked for");
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  if (!(spki instanceof ArrayBuffer)) throw new TypeError("SPKI is bytes");
  return base64(new Uint8Array(spki));
}
