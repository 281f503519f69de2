import type * as z from "zod";
import type { SourceView } from "../../../api/sources/representation.ts";
import { type FieldGuide, type Guide, TICKET_FIELDS } from "../../../inbound/guide.ts";
import { Facts } from "../../parts/card.tsx";
import type { FormValues } from "./typed.ts";

export type Source = z.infer<typeof SourceView>;

/** What a guide says of a field; its own name where it says nothing. */
export const fieldGuide = (guide: Guide, name: string): FieldGuide =>
  guide.fields[name] ?? TICKET_FIELDS[name] ?? { label: name, hint: "" };

/** What stands for the `{names}` in a guide's steps. What is not known yet, or no more, is told in words. */
export function stepValues(guide: Guide, source: Source | null, values: FormValues = {}): Record<string, string> {
  const own = Object.entries(guide.fields).flatMap(([name, { label, ours }]): [string, string][] => {
    const [place, key] = name.split(".");
    if (place !== "credentials" || key === undefined || !ours) return [];
    return [[key, values[name] || `<${label.toLowerCase()}>`]];
  });
  return {
    ...Object.fromEntries(own),
    url: source?.callback_url ?? "<callback URL>",
    source: source?.id ?? "<source id>",
  };
}

/** What to do at the provider, step by step. */
export function Steps({ guide, values }: { guide: Guide; values: Readonly<Record<string, string>> }) {
  return (
    <ol class="steps">
      {guide.steps.map((step) => (
        <li>
          <Prose text={step} values={values} />
        </li>
      ))}
    </ol>
  );
}

/** How good the proof is, and whether the provider comes again. */
export const Proof = ({ guide }: { guide: Guide }) => (
  <Facts
    of={[["Signed", guide.signed], guide.caution !== undefined && ["Note", guide.caution], ["Repeated", guide.repeats]]}
  />
);

/** Where callbacks go: the URL, or for mail the address. */
export function callbackOf(source: Source, guide: Guide | undefined): { label: string; text: string } {
  return guide?.byMail
    ? { label: "mail address", text: `${source.id}@<your domain>` }
    : { label: "callback URL", text: source.callback_url };
}

/** A guide's text, in which `code` and **words on a screen** are marked, with what its `{names}` stand for put in. */
export function Prose({ text, values = {} }: { text: string; values?: Readonly<Record<string, string>> }) {
  return (
    <>
      {text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
        if (part.startsWith("**")) return <strong>{part.slice(2, -2)}</strong>;
        if (part.startsWith("`")) return <code class="break">{filled(part.slice(1, -1), values)}</code>;
        return part;
      })}
    </>
  );
}

/** The text with its `{names}` filled in. What nothing is known of stays. */
export const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (all, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? all) : all));
