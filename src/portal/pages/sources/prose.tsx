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
