import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, openWindow, signIn } from "../support/browser.ts";
import { type Furnished, furnish } from "../support/portal-data.ts";
import { startWorld, type World } from "../support/portal-world.ts";

/** Five hours behind UTC in November, without summer time. */
const BOGOTA = "America/Bogota";

describe.skipIf(chromiumPath === undefined)("times", () => {
  let world: World;
  let furnished: Furnished;

  beforeAll(async () => {
    world = await startWorld();
    furnished = await furnish(world.workspace, world.receiver);
  });
  afterAll(() => world?.end());

  const delivery = () => world.at(`/deliveries/${furnished.ids.delivery}`);
  const list = (query = "") => world.at(`/webhooks/${furnished.ids.webhook}/deliveries${query}`);

  it("are told in the reader's zone, with UTC on hover; and in UTC for who wants that", async () => {
    const { page, context, complaints } = await openWindow(world.browser, { timezoneId: BOGOTA });
    await signIn(page, world.service.url, world.service.adminToken);
    await page.goto(delivery());
    const created = page.locator("dt:text-is('Created') + dd time");
    const at = Date.parse((await created.getAttribute("datetime")) ?? "");
    const clock = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
    expect(await created.innerText()).toBe(`${clock(at - 5 * 3_600_000)} GMT-5`);
    expect(await created.getAttribute("title")).toBe(`${clock(at)} UTC`);

    await page.locator("details.menu summary").last().click();
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Times in UTC" }).click()]);
    expect(await created.innerText()).toBe(`${clock(at)} UTC`);
    await page.goto(world.at(`/webhooks/${furnished.ids.webhook}`));
    await page.locator("[data-chart] canvas").first().waitFor();
    await page.goto(list());
    expect(await page.getByLabel("From (UTC)").count()).toBe(1);
    await page.locator("details.menu summary").last().click();
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Times in UTC" }).click()]);
    expect(await page.getByLabel("From (your time)").count()).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("that are typed are in the same zone, and stand in the address in UTC", async () => {
    const { page, context } = await openWindow(world.browser, { timezoneId: BOGOTA });
    await signIn(page, world.service.url, world.service.adminToken);
    await page.goto(list());
    await page.getByLabel("From (your time)").fill("2026-03-26T22:30");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/since=/);
    expect(new URL(page.url()).searchParams.get("since")).toBe("2026-03-27T03:30");
    expect(await page.getByLabel("From (your time)").inputValue()).toBe("2026-03-26T22:30");

    await page.goto(world.at("/audit-log"));
    await page.getByLabel("From (your time)").fill("2026-03-26");
    await page.getByLabel("To (your time)").fill("2026-03-26");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/from=/);
    const { searchParams } = new URL(page.url());
    expect(searchParams.get("from")).toBe("2026-03-26T05:00:00.000Z");
    expect(searchParams.get("to")).toBe("2026-03-27T04:59:59.999Z");
    expect(await page.getByLabel("From (your time)").inputValue()).toBe("2026-03-26");
    expect(await page.getByLabel("To (your time)").inputValue()).toBe("2026-03-26");
    expect(await page.getByText("Nothing that fits").count()).toBe(1);
    await context.close();
  });

  it("that nobody has changed go back as they came: with seconds, and in the hour that comes twice", async () => {
    const { page, context, complaints } = await openWindow(world.browser, { timezoneId: "America/New_York" });
    await signIn(page, world.service.url, world.service.adminToken);
    // 01:30 in New York, before and after its clocks were set back.
    for (const since of ["2026-11-01T05:30", "2026-11-01T06:30", "2026-11-01T06:30:30"]) {
      await page.goto(list(`?since=${since}`));
      expect(await page.getByLabel("From (your time)").inputValue()).toBe("2026-11-01T01:30");
      await page.getByLabel("Event").fill("ticket.created");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.waitForURL(/event=ticket/);
      expect(new URL(page.url()).searchParams.get("since")).toBe(since);
    }
    await page.goto(world.at("/audit-log?from=2026-01-01T99Z"));
    expect(await page.locator("[data-zone-switch]").first().getAttribute("hidden")).toBeNull();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("are in UTC without script, as the fields say", async () => {
    const { page, context } = await openWindow(world.browser, { timezoneId: BOGOTA, javaScriptEnabled: false });
    await signIn(page, world.service.url, world.service.adminToken);
    await page.goto(list());
    expect(await page.getByLabel("From (UTC)").count()).toBe(1);
    await page.goto(delivery());
    expect(await page.locator("dt:text-is('Created') + dd time").innerText()).toMatch(/ UTC$/);
    await context.close();
  });
});
