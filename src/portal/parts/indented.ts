import { nestsDeeper } from "../../lib/json-text.ts";

/** Beyond this, in characters, colours and lines cost more than they give: of what comes in, and of what is made of it. */
const LONGEST = 200_000;
const LONGEST_INDENTED = 1_000_000;
/** No payload of the API is deeper; a provider's body may be, and each of its lines would be as long as it is deep. */
const DEEPEST = 100;

/**
 * Indents JSON without reading its numbers: what JavaScript would round stays as it was written. Null for what is no
 * object and no list, and for what is too long or too deep to be read by anybody.
 */
export function indented(text: string): string | null {
  if (text.length > LONGEST || nestsDeeper(text, DEEPEST) || !isJson(text)) return null;
  const parts: string[] = [];
  let length = 0;
  let depth = 0;
  let opened = false;
  const put = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  const breakLine = () => put(`\n${"  ".repeat(depth)}`);
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const closes = token === "}" || token === "]";
    if (closes) depth--;
    // What is empty stays on its line.
    if (closes ? !opened : opened) breakLine();
    opened = token === "{" || token === "[";
    if (opened) depth++;
    put(token === ":" ? ": " : token);
    if (token === ",") breakLine();
    if (length > LONGEST_INDENTED) return null;
  }
  return parts.join("");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return /^\s*[[{]/.test(text);
  } catch {
    return false;
  }
}
