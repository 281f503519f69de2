import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, openWindow, signIn } from "../support/browser.ts";
import { startWorld, type World } from "../support/portal-world.ts";
import { dataOf, newWorkspace } from "../support/workspace.ts";

describe.skipIf(chromiumPath === undefined)("who comes in", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    await world.workspace.webhook({ url: `${world.receiver.url}/ok`, name: "Ticket sync" });
  });
  afterAll(() => world?.end());

  it("with a workspace's token sees its webhooks, and out again nothing", async () => {
    const { workspace, browser, service, at } = world;
    const { page, context, complaints } = await openWindow(browser);
    await signIn(page, service.url, await workspace.token("read"));
    expect(page.url()).toBe(at("/webhooks"));
    await page.getByRole("link", { name: "Ticket sync" }).waitFor();
    await page.locator("summary").last().click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/sign-in/);
    await page.goto(at("/webhooks"));
    expect(new URL(page.url()).pathname).toBe("/portal/sign-in");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("with a wrong token is told so, and stays outside", async () => {
    const { browser, service } = world;
    const { page, context } = await openWindow(browser);
    await page.goto(`${service.url}/portal/sign-in`);
    await page.getByLabel("Token").fill(`pht_${"A".repeat(43)}`);
    await page.keyboard.press("Enter");
    await page.getByText("This token is not known, or was revoked.").waitFor();
    await context.close();
  });

  it("with the scope read alone is shown nothing to change, and refused where he tries", async () => {
    const { workspace, browser, service, at } = world;
    const { page, context } = await openWindow(browser);
    await signIn(page, service.url, await workspace.token("read"));
    await page.getByRole("link", { name: "Ticket sync" }).click();
    for (const name of ["Settings", "Deliveries", "Overview"]) {
      await page.getByRole("navigation", { name: "Webhook" }).getByRole("link", { name }).click();
      expect(await page.getByRole("button", { name: /Pause|Delete|Rotate|test event|Redeliver/ }).count()).toBe(0);
    }
    const answer = await page.goto(at("/webhooks/new"));
    expect(answer?.status()).toBe(403);
    await page.getByText("This takes the scope manage").waitFor();
    await context.close();
  });

  it("finds another workspace's pages as if they were not there", async () => {
    const { workspace, browser, service } = world;
    const other = await newWorkspace(service, "Other");
    const { id } = await other.webhook({ url: `${world.receiver.url}/other` });
    const { page, context } = await openWindow(browser);
    await signIn(page, service.url, await workspace.token("read", "manage"));
    for (const path of [`${other.id}/webhooks`, `${other.id}/webhooks/${id}`, `${workspace.id}/webhooks/${id}`]) {
      expect((await page.goto(`${service.url}/portal/${path}`))?.status()).toBe(404);
    }
    await context.close();
  });

  it("is sent by a link, once", async () => {
    const { workspace, browser, at } = world;
    const { url } = dataOf(
      await workspace.call<{ data: { url: string } }>("POST", "/portal-links", { scopes: ["read"] }),
    );
    const { page, context, complaints } = await openWindow(browser);
    await page.goto(url);
    expect(page.url()).toBe(at("/webhooks"));
    await page.getByRole("link", { name: "Ticket sync" }).waitFor();
    expect(await page.getByRole("link", { name: "Add webhook" }).count()).toBe(0);
    expect(complaints).toEqual([]);
    const stranger = await openWindow(browser);
    expect((await stranger.page.goto(url))?.status()).toBe(410);
    await stranger.context.close();
    await context.close();
  });

  it("is asked first where a link would sign him out, and as its guest can leave again", async () => {
    const { browser, service, at, receiver } = world;
    const other = await newWorkspace(service, "Other");
    await other.webhook({ url: `${receiver.url}/other`, name: "Elsewhere" });
    const { url } = dataOf(await other.call<{ data: { url: string } }>("POST", "/portal-links", { scopes: ["read"] }));
    const { page, context, complaints } = await openWindow(browser);
    await signIn(page, service.url, await world.workspace.token("read"));
    await page.goto(url);
    await page.getByRole("heading", { name: "You are signed in already" }).waitFor();
    await page.getByRole("link", { name: "Stay signed in" }).click();
    await page.waitForURL(at("/webhooks"));
    await page.goto(url);
    await page.getByRole("button", { name: "Sign out there, and open the link" }).click();
    await page.getByRole("link", { name: "Elsewhere" }).waitFor();
    await page.locator("summary").last().click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await page.goto(`${service.url}/portal/${other.id}/webhooks`);
    expect(new URL(page.url()).pathname).toBe("/portal/sign-in");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("is not made to do anything by a page of somebody else's", async () => {
    const { workspace, browser, service, receiver } = world;
    const { id } = await workspace.webhook({ url: `${receiver.url}/kept`, name: "Kept" });
    const { page, context } = await openWindow(browser);
    await signIn(page, service.url, await workspace.token("read", "manage"));
    const target = `${service.url}/portal/${workspace.id}/webhooks/${id}/delete`;
    receiver.on("/evil", (_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<form method="post" action="${target}"><button>Win a prize</button></form>`);
    });
    await page.goto(`${receiver.url.replace("127.0.0.1", "localhost")}/evil`);
    const [answer] = await Promise.all([page.waitForResponse(target), page.getByRole("button").click()]);
    expect([303, 403]).toContain(answer.status());
    expect((await workspace.getWebhook(id)).status).toBe("active");
    // Nor by one of our own that has no part in the session.
    await page.goto(target);
    await page.evaluate(() => {
      for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrf]")) field.value = "guessed";
    });
    const button = page.locator("main form button").first();
    const [refused] = await Promise.all([page.waitForResponse(target), button.click()]);
    expect(refused.status()).toBe(403);
    expect((await workspace.getWebhook(id)).status).toBe("active");
    await context.close();
  });
});
