import fc from "fast-check";
import { expect, it } from "vitest";
import { joined } from "./joined.ts";

it.each([
  [["a", "b"], "a|b"],
  [["a|b"], "a\\|b"],
  [["a\\", "b"], "a\\\\|b"],
  [["a", null, undefined, ""], "a|||"],
  [["a,b"], "a,b"],
])("of %j is %s", (parts, text) => expect(joined(parts)).toBe(text));

it("two lists make one key only where they are the same", () => {
  const part = fc.string({ unit: fc.constantFrom("a", "|", ",", "\\", ""), maxLength: 5 });
  const list = fc.array(part, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      expect(joined(a) === joined(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      // One within another, as the recipients of a mail are.
      const nested = (parts: readonly string[]) => joined([parts[0], joined(parts.slice(1), ",")]);
      const sameNested = a[0] === b[0] && joined(a.slice(1), ",") === joined(b.slice(1), ",");
      expect(nested(a) === nested(b)).toBe(sameNested);
    }),
    { numRuns: 2000 },
  );
});
