import { describe, expect, it } from "vitest";
import { routes } from "./routes.ts";
import * as z from "./z.ts";

type Parameter = { name: string; accepts: (text: string) => z.ZodSafeParseResult<unknown> };

/** Whatever a query may say, of all routes. */
const parameters: Parameter[] = routes.flatMap(({ method, path, query }) =>
  Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name: `${method} ${path} ?${name}`,
    accepts: (text) => z.safeParse(schema, text),
  })),
);

const reads = (text: string, as: unknown) => parameters.filter(({ accepts }) => accepts(text).data === as);

/** What a parameter says of a text; null where it takes it. */
const complaint = ({ accepts }: Parameter, text: string): string | null =>
  accepts(text)
    .error?.issues.map(({ message }) => message)
    .join(" ") ?? null;

describe("a number in a query", () => {
  const numbers = reads("10", 10);

  it("is decimal digits", () => {
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["get /api/v1/audit-log ?workspace_id", "get /api/v1/workspaces ?limit"]),
    );
    expect(reads("010", 10)).toHaveLength(numbers.length);
  });

  it.each(["1e1", "0x10", "0b11", " 5", "5 ", "+5", "-0", "5.0", "5.", "1_0", "٥", "", "Infinity", "true", "[5]"])(
    "is not %j",
    (text) => {
      for (const each of numbers)
        expect([each.name, complaint(each, text)]).toEqual([each.name, expect.stringContaining("decimal digits")]);
    },
  );

  it("that is too large, or none that can be, is told so as before", () => {
    for (const each of reads("10", 10).filter(({ name }) => name.endsWith("?limit"))) {
      expect(complaint(each, "101")).toMatch(/<=100/);
      expect(complaint(each, "0")).toMatch(/>=1/);
      expect(complaint(each, "9".repeat(400))).not.toBeNull();
    }
  });
});

describe("a time in a query", () => {
  const times = reads("2026-03-26T14:30:00+05:30", Date.UTC(2026, 2, 26, 9));

  it("is told how its plus is written, where it came as a blank", () => {
    expect(times.length).toBeGreaterThanOrEqual(8);
    for (const each of times) {
      for (const text of [
        "2026-03-26T14:30:00 05:30",
        "2026-03-26T14:30:00.123456 0530",
        "2026-03-26 14:30:00 05:30",
      ]) {
        expect([each.name, complaint(each, text)]).toEqual([each.name, expect.stringContaining("%2B")]);
      }
      for (const text of ["yesterday", "2026-03-26T14:30:00", "2026-03-26 14:30"]) {
        expect([each.name, complaint(each, text)]).toEqual([each.name, expect.not.stringContaining("%2B")]);
      }
    }
  });
});
