import * as fc from "fast-check";

/** What no operation should choke on. All of it is text as it goes over the wire: no value could hold some of it. */

/** A field that no operation has: an object with it is refused, whatever else it says. */
export const UNKNOWN = '"no_operation_has_this": 0';

const NUMBERS = [
  "1e400",
  "-1e400",
  "1e-400",
  "-0",
  "9007199254740993",
  "123456789012345678901234567890",
  `1${"0".repeat(5000)}`,
  `0.${"3".repeat(5000)}`,
  "1.5",
  "-1",
];
const STRINGS = [
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '"a\\u0000b\\r\\nX-Injected: 1"',
  '"\\u202e\\ufeff\\u2028"',
  '"__proto__"',
  `"' OR 1=1; DROP TABLE endpoints; --"`,
  '"$' + '{7*7}{{7*7}}<script>1</script>"',
  '"https://user:pass@[::1]:0/%00"',
  '"http://169.254.169.254/"',
  '"1970-01-01T00:00:00Z"',
  '"+275760-09-13T00:00:00.001Z"',
  `"${"x".repeat(3000)}"`,
  `"${"\u{1f600}".repeat(600)}"`,
];

const depth = fc.oneof(fc.integer({ min: 40, max: 120 }), fc.constantFrom(5000, 15_000));
const nested = (open: string, close: string) =>
  fc.tuple(depth, fc.boolean()).map(([n, closed]) => open.repeat(n) + (closed ? `0${close.repeat(n)}` : ""));
const wide = fc.constantFrom(
  `[${"0,".repeat(9000)}0]`,
  `[${"[],".repeat(9000)}[]]`,
  `{${Array.from({ length: 3000 }, (_, n) => `"k${n}":0`).join()}}`,
  `{${'"same":0,'.repeat(3000)}"same":1}`,
);

/** JSON, or nearly: of every type, deep, wide, and with names that every object has. */
export const anyValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.json({ maxDepth: 4, stringUnit: "binary" }) },
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 4, arbitrary: fc.constantFrom(...STRINGS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("null", "true", "[]", "{}", "[null]", "[{}]", '{"__proto__": {"admin": true}}'),
  },
  { weight: 1, arbitrary: nested("[", "]") },
  { weight: 1, arbitrary: nested('{"a":', "}") },
  { weight: 1, arbitrary: wide },
);

const PROTOTYPES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "toJSON"];

/** Objects with these fields, and some that every object has, each of any value; refused for a field that none has. */
export function objectOf(fields: readonly string[]): fc.Arbitrary<string> {
  const name = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...fields, "id") },
    { weight: 1, arbitrary: fc.constantFrom(...PROTOTYPES) },
  );
  return fc
    .array(fc.tuple(name, anyValue), { maxLength: 6 })
    .map((members) => `{${[UNKNOWN, ...members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`)].join()}}`);
}

/** JSON that is no object. */
export const noObject: fc.Arbitrary<string> = anyValue.filter((text) => !text.startsWith("{"));

/** Bytes that are no JSON object: no object starts like them. */
export const anyBytes: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc
  .tuple(
    fc.constantFrom(0x00, 0x22, 0x2d, 0x31, 0x5b, 0x5d, 0x74, 0x7d, 0x80, 0xc0, 0xed, 0xfe, 0xff),
    fc.uint8Array({ maxLength: 300 }),
  )
  .map(([first, rest]) => Uint8Array.of(first, ...rest));

const percent = (bytes: Uint8Array) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

/** For a place in a path. None is an id that was ever given. */
export const anySegment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      "",
      "0",
      "-1",
      "1.0",
      "1e0",
      "99999999999999999999",
      "9007199254740993",
      "NaN",
      "null",
      "%00",
      "%2e%2e%2f",
      "%5c",
    ],
    ...["__proto__", "constructor", "%", "%zz", "%ff%fe", "%ed%a0%80", "*", "'--", "%0d%0aX-Injected:%201", "a%2fb"],
    ...[
      "x".repeat(501),
      "%f0%9f%98%80".repeat(100),
      ";a=b",
      "wh_",
      "src_",
      "evt_",
      "00000000-0000-0000-0000-000000000000",
    ],
  ),
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => `~${percent(bytes)}`),
);

/** A query's parameter that no list takes for its `limit`. */
const noLimit = fc.oneof(
  fc.constantFrom(
    "0",
    "-1",
    "101",
    "1.5",
    "1e9",
    "NaN",
    "Infinity",
    "0x1g",
    "%00",
    "9".repeat(400),
    "1;2",
    "%ff",
    "[]",
    "null",
  ),
  fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => `x${percent(bytes)}`),
);

/** A query that a list with these parameters refuses, for its limit at least. */
export const queryOf = (names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      noLimit,
      fc.array(
        fc.tuple(
          fc.constantFrom(...names.filter((name) => name !== "limit"), "x", "__proto__"),
          fc.uint8Array({ maxLength: 60 }).map(percent),
        ),
        { maxLength: 5 },
      ),
    )
    .map(([limit, others]) => [...others.map(([name, value]) => `${name}=${value}`), `limit=${limit}`].join("&"));

/** A query with more parameters than any may have. */
export const longQuery = (names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.constantFrom(...names, "x"), fc.uint8Array({ maxLength: 9 }).map(percent)), {
      minLength: 33,
      maxLength: 60,
    })
    .map((all) => all.map(([name, value]) => `${name}=${value}`).join("&"));

/** A URL that none of the service's may be: another scheme, none, or a host that none can have. */
export const anyUrl: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("ftp://", "javascript:", "data:,", "//", "/", "https:// ", "http://[z", "\\\\"),
    // Before an @ there is a user, and what follows may be a host.
    fc.oneof(fc.string({ maxLength: 40 }), fc.domain()).map((text) => text.replaceAll("@", "")),
  )
  .map(([start, rest]) => start + rest);
