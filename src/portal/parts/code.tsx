import type { Child } from "hono/jsx";
import { indented } from "./indented.ts";

/** Text to be read by machines, shown to people. */

type CopyProps = { text: string; label: string; kind?: string };

/** Copies a text; `label` is what it is of. */
export const CopyButton = ({ text, label, kind = "small" }: CopyProps) => (
  <button type="button" class={kind} data-copy={text} aria-label={`Copy ${label}`}>
    Copy
  </button>
);

/** A secret, an address, a command: in one line, with a button that copies it. */
export const CopyLine = ({ text, label }: { text: string; label: string }) => (
  <div class="secret">
    <code>{text}</code>
    <CopyButton text={text} label={label} />
  </div>
);

type CodeProps = {
  text: string;
  label: string;
  wrap?: boolean;
  /** What is shown of it, if that is not the text itself. */
  shown?: Child;
};

/** A block of text as it is. */
export const Code = ({ text, label, wrap = false, shown = text }: CodeProps) => (
  <div class={wrap ? "code wrap" : "code"}>
    <section tabindex={0} aria-label={label}>
      <pre>{shown}</pre>
    </section>
    <CopyButton text={text} label={label} kind="small copy" />
  </div>
);

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** JSON, indented and coloured; what is no JSON, as it is. Copied is what came, digit for digit. */
export function Json({ text, label }: { text: string; label: string }) {
  const pretty = indented(text);
  if (pretty === null) return <Code text={text} label={label} wrap />;
  const parts = [];
  let last = 0;
  for (const match of pretty.matchAll(TOKEN)) {
    const [all, string, colon, number] = match;
    parts.push(pretty.slice(last, match.index));
    if (string !== undefined) {
      parts.push(<span class={colon === undefined ? "j-str" : "j-key"}>{string}</span>, colon ?? "");
    } else parts.push(<span class={number === undefined ? "j-lit" : "j-num"}>{all}</span>);
    last = match.index + all.length;
  }
  parts.push(pretty.slice(last));
  return <Code text={text} label={label} shown={parts} />;
}
