import fc from "fast-check";

/** Where all generated callbacks come from; a failure prints it, with the path to the callback. */
export const SEED = 20_260_101;
const RUNS = 60;

/** Holds for callbacks of all sorts. */
export const holdsFor = <T>(
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Promise<void>,
  runs = RUNS,
): Promise<void> =>
  fc.assert(fc.asyncProperty(arbitrary, check), {
    seed: SEED,
    numRuns: runs,
    interruptAfterTimeLimit: 50_000,
    markInterruptAsFailure: true,
  });

/** What tends to be taken for something else in a form, in a query, in JSON or in a header. */
const tricky = fc.string({ unit: fc.constantFrom(..."&=%+'\"\\ \r\n;#?/.,<>()!*~_\u0000é✓💥ßا%2B"), maxLength: 12 });

/** Text of any kind, short or empty too. */
export const text = fc.oneof(fc.string({ unit: "binary", maxLength: 30 }), tricky, fc.constant(""));

/** Some names are names of objects' own parts: what a library made of them would be its own. */
export const name = fc
  .oneof({ weight: 3, arbitrary: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 }) }, tricky, text)
  .filter((given) => given !== "" && !(given in {}));

/** Text up to about 50 KB. */
export const longText = fc
  .tuple(text, fc.integer({ min: 1, max: 3000 }))
  .map(([part, times]) => part.repeat(times).slice(0, 25_000).toWellFormed());

/** A body as the providers of JSON send them, or anything else that is text. */
export const body = fc
  .oneof(
    fc.json(),
    text,
    longText.map((given) => JSON.stringify({ text: given })),
    // Meta, SendGrid and others escape what they need not.
    fc.tuple(name, text).map(([key, value]) => JSON.stringify({ [key]: value }).replace(/[/<\u0080-\uffff]/g, escaped)),
  )
  .filter((given) => given !== "");

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Bytes that are no UTF-8. */
export const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 200 }),
  fc.uint8Array({ minLength: 1, maxLength: 50 }).map((part) => Buffer.concat(Array<Uint8Array>(1000).fill(part))),
);

export type Pairs = readonly (readonly [name: string, value: string])[];

/** Fields of a form: empty values, and one that is long. */
const fields = fc
  .tuple(
    fc.array(fc.tuple(name, text), { maxLength: 8 }),
    fc.option(fc.tuple(name, longText), { freq: 5 }).map((long) => (long ? [long] : [])),
  )
  .map(([some, long]) => [...some, ...long]);

/** Each name once. */
export const uniqueFields: fc.Arbitrary<Pairs> = fields.map((pairs) => [...new Map(pairs)]);

/** Names and values may come again. */
export const repeatedFields: fc.Arbitrary<Pairs> = fc
  .tuple(fields, fc.array(fc.tuple(fc.nat(7), fc.boolean(), text), { maxLength: 3 }))
  .map(([pairs, again]) => [
    ...pairs,
    ...again.flatMap(([index, same, other]): Pairs => {
      const [key, value] = pairs[index] ?? [];
      return key === undefined || value === undefined ? [] : [[key, same ? value : other]];
    }),
  ]);

/** The ways in which forms and queries are written: all say the same. */
const ENCODERS: readonly ((text: string) => string)[] = [
  // As browsers write forms: a space is a plus.
  (given) => new URLSearchParams([["", given]]).toString().slice(1),
  // As JavaScript writes components: `'()!*~` stay.
  (given) => encodeURIComponent(given),
  // Every byte.
  (given) => [...Buffer.from(given)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
];

export const encoder = fc.constantFrom(...ENCODERS);

export const encoded = (pairs: Pairs, encode: (text: string) => string): string =>
  pairs.map(([key, value]) => `${encode(key)}=${encode(value)}`).join("&");

/** As libraries take fields: several values of a name are a list. */
export function asObject(pairs: Pairs): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = {};
  for (const [key, value] of pairs) {
    const before = object[key];
    object[key] = before === undefined ? value : [before, value].flat();
  }
  return object;
}

/** A secret of letters and signs, as consoles show them. */
export const secret = fc
  .string({ unit: "grapheme-ascii", minLength: 8, maxLength: 48 })
  .map((given) => `s${given.trim()}`);
