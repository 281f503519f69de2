import { indented } from "./indented.ts";

/** Text to be read by machines, shown to people. */

/** A secret, an address, a command: in one line, with a button that copies it. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  return (
    <div class="secret">
      <code>{text}</code>
      <button type="button" class="small" data-copy={text} aria-label={`Copy ${label}`}>
        Copy
      </button>
    </div>
  );
}

/** A block of text as it is. */
export function Code({ text, label, wrap = false }: { text: string; label: string; wrap?: boolean }) {
  return (
    <div class={wrap ? "code wrap" : "code"}>
      <section tabindex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <button type="button" class="small copy" data-copy={text} aria-label={`Copy ${label}`}>
        Copy
      </button>
    </div>
  );
}

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
  return (
    <div class="code">
      <section tabindex={0} aria-label={label}>
        <pre>{parts}</pre>
      </section>
      <button type="button" class="small copy" data-copy={text} aria-label={`Copy ${label}`}>
        Copy
      </button>
    </div>
  );
}
