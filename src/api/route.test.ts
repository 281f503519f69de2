import { expect, it } from "vitest";
import { allowedMethods } from "./route.ts";

const routes = [
  { method: "get", path: "/things" },
  { method: "post", path: "/things" },
  { method: "delete", path: "/things/{thing}" },
] as const;

it("tells the methods of the routes that have the path", () => {
  expect(allowedMethods(routes, "/things")).toEqual(["GET", "POST", "HEAD"]);
  expect(allowedMethods(routes, "/things/1")).toEqual(["DELETE"]);
  expect(allowedMethods(routes, "/things/")).toEqual([]);
  expect(allowedMethods(routes, "/things/1/more")).toEqual([]);
});
