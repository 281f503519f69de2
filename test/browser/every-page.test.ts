import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, openWindow, overflow, signIn, violations } from "../support/browser.ts";
import { addressOf, type Furnished, furnish } from "../support/portal-data.ts";
import { PORTAL_PAGES } from "../support/portal-pages.ts";
import { startWorld, type World } from "../support/portal-world.ts";
import { dataOf } from "../support/workspace.ts";

/** Gives what renews itself no time to do so, and what was asked for time to come. */
const settled = (page: Page) => page.waitForLoadState("load");

describe.skipIf(chromiumPath === undefined)("every page", () => {
  let world: World;
  let furnished: Furnished;
  const pathOf = ({ path, query = "" }: (typeof PORTAL_PAGES)[number]) => addressOf(path, furnished.ids) + query;

  beforeAll(async () => {
    world = await startWorld();
    furnished = await furnish(world.workspace, world.receiver);
  });
  afterAll(() => world?.end());

  it.each(["light", "dark"] as const)("has nothing that axe finds wrong, %s", async (colorScheme) => {
    // The page's policy lets nobody run code in it, axe neither.
    const { page, context } = await openWindow(world.browser, { colorScheme, bypassCSP: true });
    const found: Record<string, string[]> = {};
    const look = async (name: string) => {
      await settled(page);
      const wrong = await violations(page);
      if (wrong.length > 0) found[name] = wrong;
    };
    await page.goto(`${world.service.url}/portal/sign-in`);
    await look("sign-in");
    await page.goto(`${world.service.url}/docs`);
    await page.locator("details").evaluateAll((all) => {
      for (const each of all) each.setAttribute("open", "");
    });
    await look("docs");
    await signIn(page, world.service.url, world.service.adminToken);
    for (const each of PORTAL_PAGES) {
      await page.goto(world.service.url + pathOf(each));
      await look(each.name);
    }
    // The admin is signed in, so that a guest's link asks first.
    const made = await world.workspace.call<{ data: { url: string } }>("POST", "/portal-links", {});
    await page.goto(dataOf(made).url);
    await look("a link that asks first");
    await page.goto(`${world.service.url}/portal/signed-out`);
    await look("signed out");
    for (const [name, path] of [
      ["disabled", `/webhooks/${furnished.disabled}`],
      ["held", `/webhooks/${furnished.disabled}/deliveries`],
      ["nothing found", "/events?search=nothing"],
      ["not there", "/webhooks/wh_nothing"],
    ] as const) {
      await page.goto(world.at(path));
      await look(name);
    }
    expect(found).toEqual({});
    await context.close();
  });

  it.each([360, 1600])("fits a window of %i pixels, complains of nothing, and asks no other host", async (width) => {
    const { page, context, complaints } = await openWindow(world.browser, { viewport: { width, height: 800 } });
    const others: string[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.origin !== world.service.url) others.push(request.url());
    });
    await signIn(page, world.service.url, world.service.adminToken);
    const wide: Record<string, number> = {};
    await page.goto(`${world.service.url}/docs`);
    expect(await overflow(page)).toBe(0);
    for (const each of PORTAL_PAGES) {
      const answer = await page.goto(world.service.url + pathOf(each));
      expect(answer?.status(), each.name).toBe(200);
      await settled(page);
      const by = await overflow(page);
      if (by > 0) wide[each.name] = by;
    }
    expect(wide).toEqual({});
    expect(complaints).toEqual([]);
    expect(others).toEqual([]);
    await context.close();
  });

  it("says what it says without script", async () => {
    const { page, context } = await openWindow(world.browser, { javaScriptEnabled: false });
    await signIn(page, world.service.url, world.service.adminToken);
    for (const each of PORTAL_PAGES) {
      const answer = await page.goto(world.service.url + pathOf(each));
      expect(answer?.status(), each.name).toBe(200);
      expect(await page.getByRole("heading", { level: 1 }).count(), each.name).toBe(1);
    }
    await context.close();
  });
});
