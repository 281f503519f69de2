import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer } from "../support/behaviours.ts";
import { chromiumPath, openWindow, signIn } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { HANDS } from "../support/hands.ts";
import { openInbox } from "../support/inbox.ts";
import { startWorld, type World } from "../support/portal-world.ts";

describe.skipIf(chromiumPath === undefined)("a webhook that fails", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.end());

  it.each(HANDS)("is found, understood and repaired, and what was held goes out, %s", async (_, handsOf) => {
    const { workspace, receiver, browser, service, at } = await world.another();
    const inbox = openInbox(receiver, answer(500, '{"error":"database is locked"}', { "x-served-by": "app-3" }));
    const retries = Array(10).fill(1);
    const { id } = await workspace.webhook({
      url: inbox.url,
      name: "Billing",
      events: ["ticket.*"],
      retry_policy: retries,
      disable_after: { failures: 3, seconds: 0 },
    });
    for (let n = 0; n < 3; n++) await workspace.publish({ event: "ticket.created", data: { id: n } });
    await eventually(
      () => workspace.getWebhook(id),
      ({ status }) => status === "disabled",
    );
    await workspace.publish({ event: "ticket.updated", data: { id: 3 } });

    const { page, context, complaints } = await openWindow(browser);
    const hands = handsOf(page);
    await signIn(page, service.url, await workspace.token("read", "manage"));
    // Found: the list says so.
    const row = page.getByRole("row").filter({ hasText: "Billing" });
    await row.getByText("disabled").waitFor();
    await hands.press(row.getByRole("link", { name: "Billing" }));
    // Understood: why, since when, what is held, and what it answered.
    await page.getByRole("heading", { name: /^Disabled after 3 failed probes/ }).waitFor();
    await page.getByText(/4 deliveries are held/).waitFor();
    await page.getByText("database is locked").waitFor();
    await hands.press(page.getByRole("link", { name: "Open delivery" }));
    await page.getByText("x-served-by").first().waitFor({ state: "attached" });
    expect(await page.content()).toContain("app-3");
    // Repaired.
    inbox.answers(answer(200));
    const before = inbox.requests().length;
    await page.goto(at(`/webhooks/${id}`));
    await hands.press(page.getByRole("button", { name: "Enable" }));
    await page.getByText("What was held goes out now").waitFor();
    await inbox.arrived(before + 4);
    // And seen to be, without a reload.
    await page.getByText("active", { exact: true }).waitFor();
    await page.locator(".figure", { hasText: "Waiting" }).getByText("0", { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(HANDS)("has what it missed replayed, counted first, %s", async (_, handsOf) => {
    const { workspace, receiver, browser, service, at } = await world.another();
    const inbox = openInbox(receiver);
    const { id } = await workspace.webhook({ url: inbox.url, name: "Warehouse", events: ["contact.created"] });
    for (let n = 0; n < 5; n++) await workspace.publish({ event: "contact.created", data: { id: n } });
    await inbox.arrived(5);
    await eventually(
      () => workspace.deliveries(id, "status=delivered"),
      (rows) => rows.length === 5,
    );

    const { page, context, complaints } = await openWindow(browser);
    const hands = handsOf(page);
    await signIn(page, service.url, await workspace.token("read", "manage"));
    await page.goto(at(`/webhooks/${id}/deliveries`));
    await hands.press(page.getByRole("link", { name: "Replay a time range" }));
    await hands.choose(page.getByLabel("All"));
    await hands.press(page.getByRole("button", { name: "Count them" }));
    await page.getByRole("heading", { name: "5 deliveries would be sent again" }).waitFor();
    expect(inbox.requests()).toHaveLength(5);
    await hands.press(page.getByRole("button", { name: "Send 5 again" }));
    await inbox.arrived(10);
    await page.getByText("all 5 tried").first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(HANDS)("gets a new secret, and the old one signs along for a while, %s", async (_, handsOf) => {
    const { workspace, receiver, browser, service, at } = await world.another();
    const inbox = openInbox(receiver);
    const { id } = await workspace.webhook({
      url: inbox.url,
      name: "Standard",
      dialect: "standard",
      events: ["sla.*"],
    });
    const { page, context, complaints } = await openWindow(browser);
    const hands = handsOf(page);
    await signIn(page, service.url, await workspace.token("read", "manage"));
    await page.goto(at(`/webhooks/${id}/settings`));
    await hands.press(page.getByRole("link", { name: /otate secret/ }));
    await hands.press(page.getByRole("button", { name: "Rotate secret" }));
    await page.getByRole("heading", { level: 1, name: "New secret" }).waitFor();
    expect(await page.getByRole("button", { name: "Copy secret" }).getAttribute("data-copy")).toMatch(/^whsec_/);
    await workspace.publish({ event: "sla.resolution_breached", data: { id: 1 } });
    const { headers } = await inbox.first();
    expect(String(headers["webhook-signature"]).split(" ")).toHaveLength(2);
    // A reload shows the settings, not the secret again.
    await page.reload();
    expect(new URL(page.url()).pathname).toBe(`/portal/${workspace.id}/webhooks/${id}/settings`);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
