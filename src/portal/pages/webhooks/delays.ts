/** Times as people write them: `30 s, 2 min, 8 h`. */

const UNITS: readonly [sign: string, seconds: number, spelling: RegExp][] = [
  ["d", 86_400, /^d(ays?)?$/],
  ["h", 3600, /^h((ou)?rs?)?$/],
  ["min", 60, /^m(in(ute)?s?)?$/],
  ["s", 1, /^(s(ec(ond)?s?)?)?$/],
];

/** A time in seconds, without a unit or with one; undefined for what is none. */
export function secondsOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim().toLowerCase());
  const unit = match && UNITS.find(([, , spelling]) => spelling.test(match[2] ?? ""));
  return unit ? Number(match[1]) * unit[1] : undefined;
}

/** In the largest unit that has it whole: what is read back is the same. */
export function written(seconds: number): string {
  const [sign, size] = UNITS.find(([, size]) => seconds >= size && seconds % size === 0) ?? ["s", 1];
  return `${seconds / size} ${sign}`;
}

const NONE = "none";

/** Delays with commas between, or `none`; undefined where one of them is no time. */
export function delaysOf(text: string): number[] | undefined {
  if (text.trim().toLowerCase() === NONE) return [];
  const delays = listOf(text).map(secondsOf);
  return delays.every((delay) => delay !== undefined) ? delays : undefined;
}

export const writtenDelays = (delays: readonly number[]): string =>
  delays.length === 0 ? NONE : delays.map(written).join(", ");

/** What was typed with commas, semicolons or line breaks between. */
export const listOf = (text: string): string[] =>
  text
    .split(/[,;\n]+/)
    .map((each) => each.trim())
    .filter((each) => each !== "");
