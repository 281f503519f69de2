import { expect, it } from "vitest";
import { testTypes } from "./test-types.ts";

const type = (name: string, system: string) => ({ name, title: null, system });
const TYPES = [
  type("order.paid", "workspace"),
  type("ticket.created", "gopimi"),
  type("ticket.created", "platform"),
  type("ticket.closed", "platform"),
  type("email.bounced", "inbound"),
];
const names = (patterns: string[], dialect: string) => testTypes(patterns, dialect, TYPES).map(({ name }) => name);

it("offers what the webhook subscribes to, in the order of its patterns", () => {
  expect(names(["email.*", "order.paid"], "gopimi")).toEqual(["email.bounced", "order.paid"]);
});

it("offers a name once, that of the webhook's own system first", () => {
  const [first] = testTypes(["ticket.*"], "platform", TYPES);
  expect(first).toEqual({ name: "ticket.created", title: null, system: "platform" });
  expect(names(["ticket.*"], "gopimi")).toEqual(["ticket.created", "ticket.closed"]);
});

it("offers everything to who subscribes to everything, what is its own first", () => {
  expect(names(["*"], "platform")).toEqual(["order.paid", "ticket.created", "ticket.closed", "email.bounced"]);
});

it("offers nothing where no type is covered", () => {
  expect(names(["gone.*"], "gopimi")).toEqual([]);
});
