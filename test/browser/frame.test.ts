import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launch, openWindow } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** A product shows the portal to its own user inside a page of its own, on another site. */
describe.skipIf(chromiumPath === undefined)("the portal in a frame", () => {
  let service: SpawnedService;
  let product: Receiver;
  let workspace: Workspace;

  /** The product's page, at an origin of its own: for a browser, localhost and 127.0.0.1 are different sites. */
  const origin = () => product.url.replace("127.0.0.1", "localhost");

  beforeAll(async () => {
    product = await startReceiver();
    service = await spawnService({ vars: { PORTAL_FRAME_ORIGINS: origin() } });
    workspace = await newWorkspace(service, "Acme");
    await workspace.webhook({ url: `${product.url}/hook`, name: "Ticket sync" });
  });
  afterAll(() => Promise.all([service.stop(), product.close()]));

  async function pageWithLink(path: string): Promise<void> {
    const link = dataOf(await workspace.call<{ data: { url: string } }>("POST", "/portal-links", {})).url;
    product.on(path, (_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<title>Product</title><iframe title="Webhooks" src="${link}" width="1000" height="700"></iframe>`);
    });
  }

  it("is shown at an origin that the deployment names, and can be used there", async () => {
    await pageWithLink("/app");
    const browser = await launch();
    const { page } = await openWindow(browser);
    await page.goto(`${origin()}/app`);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("link", { name: "Ticket sync" }).click();
    // A form sent from within has its session's cookie with it, and is taken for one of its own.
    await frame.getByRole("link", { name: "Settings" }).click();
    await frame.getByRole("button", { name: "Pause" }).click();
    await frame.getByText("Nothing more is sent to it").waitFor();
    await frame.locator("summary").last().click();
    await frame.getByRole("button", { name: "Sign out" }).click();
    await frame.getByRole("heading", { name: "You are signed out" }).waitFor();
    await browser.close();
  });

  it("is not shown anywhere else", async () => {
    await pageWithLink("/elsewhere");
    const browser = await launch();
    const { page } = await openWindow(browser);
    const refused: string[] = [];
    page.on("console", (message) => refused.push(message.text()));
    // The same page, at an origin that nobody has named.
    await page.goto(`${product.url}/elsewhere`);
    await eventually(
      () => refused.join(" "),
      (said) => /frame-ancestors/.test(said),
    );
    expect(await page.frameLocator("iframe").getByText("Ticket sync").count()).toBe(0);
    await browser.close();
  });
});
