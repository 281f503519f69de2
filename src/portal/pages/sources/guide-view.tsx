import type * as z from "zod";
import type { SourceView } from "../../../api/sources/representation.ts";
import { type FieldGuide, type Guide, TICKET_FIELDS } from "../../../inbound/guide.ts";
import { Prose } from "./prose.tsx";
import type { FormValues } from "./typed.ts";

export type Source = z.infer<typeof SourceView>;

/** What a guide says of a field; its own name where it says nothing. */
export const fieldGuide = (guide: Guide, name: string): FieldGuide =>
  guide.fields[name] ?? TICKET_FIELDS[name] ?? { label: name, hint: "" };

/** What stands for the `{names}` in a guide's steps. What is not known yet, or no more, is told in words. */
export function stepValues(guide: Guide, source: Source | null, typed: FormValues = {}): Record<string, string> {
  const own = Object.entries(guide.fields).flatMap(([name, { label, ours }]): [string, string][] => {
    const [place, key] = name.split(".");
    if (place !== "credentials" || key === undefined || !ours) return [];
    return [[key, typed[name] || `<${label.toLowerCase()}>`]];
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
export function Proof({ guide }: { guide: Guide }) {
  return (
    <dl class="facts">
      <dt>Signed</dt>
      <dd>{guide.signed}</dd>
      {guide.caution && (
        <>
          <dt>Note</dt>
          <dd>{guide.caution}</dd>
        </>
      )}
      <dt>Repeated</dt>
      <dd>{guide.repeats}</dd>
    </dl>
  );
}

/** Where callbacks go: the URL, or for mail the address. */
export function callbackOf(source: Source, guide: Guide | undefined): { label: string; text: string } {
  return guide?.byMail
    ? { label: "mail address", text: `${source.id}@<your domain>` }
    : { label: "callback URL", text: source.callback_url };
}
