import { expect, it } from "vitest";
import { NO_PAGES, PORTAL_PAGES } from "../../../test/support/portal-pages.ts";
import { pages } from "./index.ts";

it("every page is among those that are looked at in a browser", () => {
  const own = pages.filter(({ method }) => method === "get").map(({ path }) => path);
  expect([...PORTAL_PAGES.map(({ path }) => path), ...NO_PAGES].toSorted()).toEqual(own.toSorted());
});

it("every action is found at the address of a page, or below one", () => {
  const own = pages.filter(({ method }) => method === "get").map(({ path }) => path);
  const actions = pages.filter(({ method }) => method === "post").map(({ path }) => path);
  expect(actions.filter((path) => !own.some((page) => path === page || path.startsWith(`${page}/`)))).toEqual([]);
});
