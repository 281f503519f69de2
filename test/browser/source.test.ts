import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { twilioSigned } from "../../src/inbound/providers/twilio-sms/cases.ts";
import { chromiumPath, openWindow, signIn } from "../support/browser.ts";
import { HANDS } from "../support/hands.ts";
import { startWorld, type World } from "../support/portal-world.ts";
import { deliver, forge, sample } from "../support/provider-callbacks.ts";

const AUTH_TOKEN = "12345678901234567890123456789012";

describe.skipIf(chromiumPath === undefined)("a source", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.end());

  it.each(HANDS)("is set up for Twilio; a callback arrives, and its event is seen, %s", async (_, handsOf) => {
    const { workspace, browser, service, at } = await world.another();
    const { page, context, complaints } = await openWindow(browser);
    const hands = handsOf(page);
    await signIn(page, service.url, await workspace.token("read", "manage"));
    await hands.press(page.getByRole("link", { name: "Sources" }));
    await hands.press(page.getByRole("link", { name: /Twilio SMS/ }).first());
    await hands.type(page.getByLabel("Name", { exact: true }), "Support number");
    await hands.type(page.getByLabel(/Auth token/i).first(), AUTH_TOKEN);
    await hands.press(page.getByRole("button", { name: /Add source|Create/ }));

    await page.getByRole("heading", { level: 1, name: /Support number/ }).waitFor();
    const url = await page
      .getByRole("button", { name: /Copy .*URL/i })
      .first()
      .getAttribute("data-copy");
    expect(url).toContain("/in/twilio-sms/src_");
    const signed = twilioSigned(sample("twilio-sms", "status delivered"), AUTH_TOKEN)(url ?? "");
    // Nobody reloads: what comes appears by itself, first a forgery, then the real one.
    expect((await deliver(url ?? "", forge(signed, ["body", "14155552671"]))).status).toBe(403);
    expect((await deliver(url ?? "", signed)).status).toBe(204);
    await page.getByText("Callbacks come in.").or(page.getByText("sms.delivered")).first().waitFor();

    const [source] = (await workspace.call<{ data: { id: string }[] }>("GET", "/sources")).json.data;
    await page.goto(at(`/sources/${source?.id}`));
    await page.getByText("Wrong signature").first().waitFor();
    const receipt = page.getByRole("row").filter({ hasText: "verified" });
    await receipt.getByText("sms.delivered").waitFor();
    await hands.press(receipt.getByRole("link").first());
    await page.getByText("x-twilio-signature").first().waitFor();
    await hands.press(page.getByRole("link", { name: /evt_|sms\.delivered/ }).first());
    await page.getByRole("heading", { level: 1, name: "sms.delivered" }).waitFor();
    expect(await page.content()).not.toContain(AUTH_TOKEN);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
