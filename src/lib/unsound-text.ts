/**
 * Where in a JSON value there is a text, or a name, that not everything which stores or shows it takes alike: with half of a
 * surrogate pair, which no UTF-8 has, or with NUL, which ends a text for some. The steps to it; null if all is sound.
 */
export function unsoundText(value: unknown): string[] | null {
  if (typeof value === "string") return isSound(value) ? null : [];
  if (typeof value !== "object" || value === null) return null;
  for (const [name, each] of Object.entries(value)) {
    const below = isSound(name) ? unsoundText(each) : [];
    if (below) return [name.toWellFormed(), ...below];
  }
  return null;
}

/** What to say of one. */
export const UNSOUND = "It has half a character in it, or NUL";

/** Whether a text is whole characters, and none of them NUL. */
export const isSound = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
