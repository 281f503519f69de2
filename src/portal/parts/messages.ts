/** What the API says of a value, to whoever calls it: and how that is told to who fills in a form. */

const plural = (number: string, one: string, many: string): string => (number === "1" ? one : many);

/** More than these are not told one by one. */
const FEW = 5;
const chooseOf = (of: readonly string[]): string =>
  of.length > FEW ? "Choose one of those that are offered." : `Choose ${of.join(" or ")}.`;

/** The validation library's own messages; what it says where a schema gives no words of ours. */
const RAW: readonly [pattern: RegExp, words: (...found: string[]) => string][] = [
  [/^Too small: expected \w+ to have >=?(\d+) items?$/, (n = "") => `Choose at least ${plural(n, "one", n)}.`],
  [/^Too small: expected string to have >=?1 characters?$/, () => "Fill this in."],
  [/^Too small: expected \w+ to have >=?(\d+) \w+$/, (n = "") => `Write at least ${n} characters.`],
  [/^Too small: expected \w+ to be >=?(-?[\d.]+)$/, (n = "") => `Write ${n} or more.`],
  [/^Too big: expected \w+ to have <=?(\d+) items?$/, (n = "") => `These are too many: at most ${n}.`],
  [/^Too big: expected \w+ to have <=?(\d+) \w+$/, (n = "") => `This is too long: at most ${n} characters.`],
  [/^Too big: expected \w+ to be <=?(-?[\d.]+)$/, (n = "") => `Write ${n} or less.`],
  [/^Invalid input: expected .*, received undefined$/, () => "Fill this in."],
  [/^Invalid input: expected (?:number|int|float)\b/, () => "Write a whole number."],
  [/^Invalid (?:option|input): expected (?:one of )?(".*)$/, (of = "") => chooseOf(of.split("|"))],
  [/^Invalid ISO (?:datetime|date|time)$/, () => "This is no date and time."],
  [/^Invalid (email address|URL|UUID|base64-encoded string)$/, (what = "") => `This is no ${what}.`],
  [/^Invalid (?:string|input|key|element|number|option|type)\b/, () => "This is not taken here."],
  [/^(?:Too small|Too big)\b/, () => "This is too short, too long, or out of bounds."],
];

/** A message about a field in plain words. What we have written ourselves is plain already. */
export function inPlainWords(message: string): string {
  for (const [pattern, words] of RAW) {
    const found = pattern.exec(message);
    if (found) return words(...found.slice(1));
  }
  return message;
}
