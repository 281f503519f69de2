/**
 * Several texts as one, from which they could be told apart again: the separator is escaped where a part has it, so that
 * no two lists make the same key. A part without it, and without `\`, stays as it is.
 */
export function joined(parts: readonly (string | null | undefined)[], separator: "|" | "," = "|"): string {
  return parts
    .map((part) => (part ?? "").replaceAll("\\", "\\\\").replaceAll(separator, `\\${separator}`))
    .join(separator);
}
