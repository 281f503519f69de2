import { describe, expect, it } from "vitest";
import * as z from "zod";
import { routes } from "../../api/app.ts";
import { fieldErrors } from "../../api/problem.ts";
import { inPlainWords } from "./messages.ts";

/** What nobody types, but a form can send, or a program in its name. */
const VALUES = [
  undefined,
  null,
  "",
  " ",
  "x",
  "é".repeat(5000),
  "9e99",
  -1,
  0,
  1.5,
  1e12,
  true,
  [],
  [""],
  Array(200).fill("a"),
];
const NESTED = [{}, { x: 1 }, [{}], [[]]];

/** How the validation library talks. */
const RAW = /\bexpected\b|\breceived\b|[<>]=|^Invalid\b|^Too (small|big)\b|\bregex\b|must match pattern/;

/** The fields of an object's schema; none of what is no object. */
const fieldsOf = (schema: z.ZodType): string[] => {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const shapes = [json, ...(json.anyOf ?? []), ...(json.oneOf ?? [])];
  return [
    ...new Set(shapes.flatMap((shape) => (typeof shape === "object" ? Object.keys(shape.properties ?? {}) : []))),
  ];
};

function messagesOf(schema: z.ZodType): string[] {
  const fields = fieldsOf(schema);
  const bodies = [...VALUES, ...NESTED].flatMap((value) => [
    Object.fromEntries(fields.map((name) => [name, value])),
    ...fields.map((name) => ({ [name]: value })),
  ]);
  return bodies.flatMap((body) => {
    try {
      const { error } = schema.safeParse(body);
      return error ? fieldErrors(error.issues).map(({ message }) => message) : [];
    } catch {
      // Some refinements await; what is wrong before them was told by another body.
      return [];
    }
  });
}

const said = routes.flatMap(({ query, body }) =>
  [query, body?.schema].flatMap((schema) => (schema ? messagesOf(schema) : [])),
);

describe("what is wrong with a form", () => {
  it("is never told in the validation library's words, whatever any of the API's schemas finds", () => {
    const raw = [...new Set(said)].filter((message) => RAW.test(message));
    expect(raw.length).toBeGreaterThan(20);
    expect(raw.map(inPlainWords).filter((message) => RAW.test(message))).toEqual([]);
  });

  it.each([
    ["Too small: expected array to have >=1 items", "Choose at least one."],
    ["Too small: expected string to have >=1 characters", "Fill this in."],
    ["Too big: expected string to have <=200 characters", "This is too long: at most 200 characters."],
    ["Too small: expected number to be >=60", "Write 60 or more."],
    ["Invalid input: expected number, received string", "Write a whole number."],
    ["Invalid ISO datetime", "This is no date and time."],
    ['Invalid option: expected one of "read"|"manage"', 'Choose "read" or "manage".'],
  ])("%s", (raw, plain) => expect(inPlainWords(raw)).toBe(plain));

  it("keeps what we have written", () => {
    expect(inPlainWords("A type is words of letters, digits, _ and -, joined by dots")).toBe(
      "A type is words of letters, digits, _ and -, joined by dots",
    );
  });
});
