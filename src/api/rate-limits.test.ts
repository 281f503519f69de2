import { expect, it } from "vitest";
import { clientOf } from "./rate-limits.ts";

it.each([
  ["203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:DB8::9", "2001:db8:0:0::/64"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["no:address", "no:address"],
  [undefined, ""],
])("a request from %s counts for %s", (address, client) => {
  expect(clientOf((name) => (name === "CF-Connecting-IP" ? address : undefined))).toBe(client);
});
