import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, openWindow, signIn } from "../support/browser.ts";
import { HANDS } from "../support/hands.ts";
import { openInbox } from "../support/inbox.ts";
import { startWorld, type World } from "../support/portal-world.ts";

describe.skipIf(chromiumPath === undefined)("somebody who has never read the documentation", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.end());

  it.each(HANDS)("gets from nothing to the first delivery, and sees it arrive, %s", async (_, handsOf) => {
    const { workspace, receiver, browser, service, at } = await world.another();
    const inbox = openInbox(receiver);
    const { page, context, complaints } = await openWindow(browser);
    const hands = handsOf(page);
    await signIn(page, service.url, await workspace.token("read", "manage"));

    await page.getByText("No webhook yet").waitFor();
    await hands.press(page.getByRole("link", { name: "Add webhook" }));
    await page.getByRole("heading", { level: 1, name: "Add webhook" }).waitFor();

    const url = page.getByLabel("URL", { exact: true });
    await hands.type(url, "ftp://nowhere.example/");
    await page.locator("#url-verdict .wrong").waitFor();
    await hands.type(url, inbox.url);
    await page.locator("#url-verdict .wrong").waitFor({ state: "detached" });
    await hands.type(page.getByLabel("Name", { exact: true }), "Ticket sync");
    await hands.type(page.getByPlaceholder("Search event types"), "ticket created");
    await hands.choose(page.getByRole("checkbox", { name: /^ticket\.created/ }).first());
    await page.getByText("x-gopimi-signature").first().waitFor();
    await hands.press(page.getByRole("button", { name: "Add webhook" }));

    await page.getByRole("heading", { level: 1, name: "Webhook added" }).waitFor();
    const secret = await page.getByRole("button", { name: "Copy the secret" }).getAttribute("data-copy");
    await hands.press(page.getByRole("button", { name: "Send test event" }));
    const sent = await inbox.first();
    await page.waitForURL(/\/deliveries\//);
    expect(sent.headers["x-gopimi-signature"]).toBe(
      createHmac("sha256", secret ?? "")
        .update(sent.body)
        .digest("hex"),
    );

    const [webhook] = (await workspace.call<{ data: { id: string }[] }>("GET", "/webhooks")).json.data;
    await page.goto(at(`/webhooks/${webhook?.id}/deliveries`));
    await page.locator("tr[data-row]").first().waitFor();
    const event = { event: "ticket.created", data: { id: 42, subject: "Cannot access dashboard" } };
    await workspace.publish(event);
    // It appears by itself.
    await page.locator("tr[data-row]").nth(1).waitFor();
    await page.locator("tr[data-row]").first().getByText("delivered").waitFor();
    await hands.press(page.getByRole("link", { name: /^ticket\.created/ }).first());
    await page.getByText('"Cannot access dashboard"', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("finds the secret nowhere a second time", async () => {
    const { workspace, browser, service, at } = await world.another();
    const { page, context } = await openWindow(browser);
    await signIn(page, service.url, await workspace.token("read", "manage"));
    const webhook = await workspace.webhook({ url: `${world.receiver.url}/once` });
    for (const path of ["", "/settings", "/edit", "/deliveries"]) {
      await page.goto(at(`/webhooks/${webhook.id}${path}`));
      expect(await page.content()).not.toContain(webhook.secret);
    }
    await context.close();
  });
});
