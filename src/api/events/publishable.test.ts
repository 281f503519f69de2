import { expect, it } from "vitest";
import { PayloadSchema } from "../../catalogue/payload-schema.ts";
import { ApiError } from "../problem.ts";
import { requirePublishable } from "./publishable.ts";

const refusal = (work: () => void): ApiError => {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("Nothing was refused");
};

it("lets all events of a request share the steps that their checks may take", () => {
  // Each item is looked at a hundred times: some 20,000 items are a fifth of what there is.
  const schema = { items: { allOf: Array.from({ length: 100 }, () => true) } };
  const own = new Map([["order.paid", new PayloadSchema(schema, "order.paid")]]);
  const event = (index: number) => ({
    type: "order.paid",
    data: Array.from({ length: 20_000 }, () => 1),
    path: ["events", String(index)],
  });
  expect(() => requirePublishable(own, [event(0)])).not.toThrow();
  expect(() => requirePublishable(own, [event(0), event(1)])).not.toThrow();
  const error = refusal(() =>
    requirePublishable(
      own,
      Array.from({ length: 20 }, (_, index) => event(index)),
    ),
  );
  expect(error.message).toContain("too many steps");
  // Those that fitted are not complained about, and each of the others is.
  expect(error.errors?.map(({ path }) => path)).toEqual(
    Array.from({ length: 16 }, (_, index) => `events.${index + 4}.data`),
  );
});

it("counts the compiling of expressions, which a request may set off for many types", () => {
  // A character of an expression takes 150 steps, and these are 14 times 961: four of such schemas fit.
  const schemas = Array.from({ length: 100 }, (_, index) => {
    const alternatives = Array.from({ length: 160 }, () => "\\p{L}").join("|");
    const schema = { allOf: Array.from({ length: 14 }, (_, n) => ({ pattern: `${alternatives}|${n}` })) };
    return [`type.${index}`, new PayloadSchema(schema, `type.${index}`)] as const;
  });
  const events = schemas.map(([type], index) => ({ type, data: "é", path: ["events", String(index)] }));
  const error = refusal(() => requirePublishable(new Map(schemas), events));
  expect(error.message).toContain("too many steps");
  expect(error.errors).toHaveLength(96);
});

it("tells of a hundred faults at most", () => {
  const own = new Map([["order.paid", new PayloadSchema({ additionalProperties: false }, "order.paid")]]);
  const data = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`m${index}`, 1]));
  const events = Array.from({ length: 20 }, (_, index) => ({
    type: "order.paid",
    data,
    path: ["events", String(index)],
  }));
  // Ten of each.
  expect(refusal(() => requirePublishable(own, events)).errors).toHaveLength(100);
});
