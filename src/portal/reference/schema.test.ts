import { describe, expect, it } from "vitest";
import { fieldsOf, kindOf, type Schema } from "./schema.ts";

const schemas: Record<string, Schema> = {
  Status: { enum: ["active", "paused"] },
  Webhook: {
    type: "object",
    required: ["id"],
    properties: {
      id: { type: "string", description: "Its id." },
      status: { $ref: "#/components/schemas/Status" },
      tries: { type: "array", items: { type: "object", properties: { at: { type: "string", format: "date-time" } } } },
    },
  },
};

describe("a kind", () => {
  it.each<[Schema, string]>([
    [{ type: "string" }, "string"],
    [{ type: "string", format: "date-time" }, "date-time"],
    [{ type: ["integer", "null"] }, "integer or null"],
    [{ type: "array", items: { type: "string" } }, "list of string"],
    [{ $ref: "#/components/schemas/Status" }, "active | paused"],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, "string or null"],
    [{}, "any JSON"],
  ])("of %j is %s", (schema, kind) => {
    expect(kindOf(schema, schemas)).toBe(kind);
  });
});

describe("fields", () => {
  it("are told by their paths, through references and lists", () => {
    const answer: Schema = {
      type: "object",
      required: ["data"],
      properties: { data: { $ref: "#/components/schemas/Webhook" } },
    };
    expect(fieldsOf(answer, schemas)).toEqual([
      { path: "data", kind: "object", required: true, description: "" },
      { path: "data.id", kind: "string", required: true, description: "Its id." },
      { path: "data.status", kind: "active | paused", required: false, description: "" },
      { path: "data.tries", kind: "list of object", required: false, description: "" },
      { path: "data.tries[].at", kind: "date-time", required: false, description: "" },
    ]);
  });

  it("of a union are those of its members, each once", () => {
    const either: Schema = {
      anyOf: [{ properties: { a: { type: "string" } } }, { properties: { a: { type: "string" }, b: {} } }],
    };
    expect(fieldsOf(either, schemas).map(({ path }) => path)).toEqual(["a", "b"]);
  });

  it("of what names itself come to an end", () => {
    const loop: Record<string, Schema> = { Node: { properties: { next: { $ref: "#/components/schemas/Node" } } } };
    expect(fieldsOf({ $ref: "#/components/schemas/Node" }, loop).at(-1)?.path).toBe("next.next.next.next");
  });
});
