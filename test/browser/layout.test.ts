import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, openWindow, signIn } from "../support/browser.ts";
import { type Furnished, furnish } from "../support/portal-data.ts";
import { startWorld, type World } from "../support/portal-world.ts";

const PHONE = { width: 390, height: 844 };

/** Whether something needs a scroll bar from top to bottom. */
const scrollsDown = (page: Page, selector: string): Promise<boolean> =>
  page.locator(selector).evaluate((element) => {
    const { overflowY } = getComputedStyle(element);
    return element.scrollHeight > element.clientHeight && overflowY !== "hidden";
  });

describe.skipIf(chromiumPath === undefined)("how pages are laid out", () => {
  let world: World;
  let furnished: Furnished;
  const at = (rest: string) => world.at(`/webhooks/${furnished.ids.webhook}${rest}`);

  beforeAll(async () => {
    world = await startWorld();
    furnished = await furnish(world.workspace, world.receiver);
  });
  afterAll(() => world?.end());

  it.each([
    [1280, 800],
    [360, 640],
  ])("the page to sign in fits a window of %i by %i pixels", async (width, height) => {
    const { page, context } = await openWindow(world.browser, { viewport: { width, height } });
    await page.goto(`${world.service.url}/portal/sign-in`);
    expect(await scrollsDown(page, "html")).toBe(false);
    await context.close();
  });

  it("crumbs end in a page, a banner stands above the title, and tabs have no scroll bar", async () => {
    const { page, context } = await openWindow(world.browser);
    await signIn(page, world.service.url, world.service.adminToken);
    await page.goto(at("/edit"));
    expect(await page.locator(".crumbs").innerText()).toMatch(/^Webhooks\s*\/\s*CRM sync$/);
    await page.goto(at("/settings?done=saved"));
    const parts = page.locator("main [role=status], main h1, #webhook-state");
    expect((await parts.allInnerTexts()).slice(0, 2)).toEqual(["Saved.", "CRM sync"]);
    expect(await parts.nth(2).getAttribute("id")).toBe("webhook-state");
    expect(await scrollsDown(page, ".tabs")).toBe(false);
    await context.close();
  });

  it("on a phone a delivery is two lines, of when and how it went, and filters are folded", async () => {
    const { page, context } = await openWindow(world.browser, { viewport: PHONE });
    await signIn(page, world.service.url, world.service.adminToken);
    await page.goto(at("/deliveries"));
    const row = page.locator("tr[data-row]").first();
    const box = await row.boundingBox();
    expect(box?.height).toBeLessThan(80);
    for (const cell of [".c-status", ".c-event", ".c-time", ".c-answer"]) {
      const own = await row.locator(cell).boundingBox();
      expect((own?.x ?? PHONE.width) + (own?.width ?? 0), cell).toBeLessThanOrEqual(PHONE.width);
    }
    const [event, time] = [await row.locator(".c-event").boundingBox(), await row.locator(".c-time").boundingBox()];
    expect(time?.y).toBeGreaterThanOrEqual((event?.y ?? 0) + (event?.height ?? 0));
    const status = page.getByLabel("Status");
    expect(await status.isVisible()).toBe(false);
    await page.getByLabel("Filters").check();
    expect(await status.isVisible()).toBe(true);
    // What is narrowed says so.
    await page.goto(at("/deliveries?status=delivered"));
    expect(await status.isVisible()).toBe(true);
    await context.close();
  });
});
