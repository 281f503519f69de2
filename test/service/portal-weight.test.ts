import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, NEVER_MS } from "../support/eventually.ts";
import { signedIn } from "../support/portal.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

/** What the list of deliveries costs who opens it for the first time, measured in a real browser. */

const BINARY = [process.env.CHROMIUM, "/usr/bin/chromium"].find((path) => path !== undefined && existsSync(path));
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

const ROWS = 50;
const MOST_BYTES = 60 * 1024;

const reason = BINARY === undefined ? " (skipped: no Chromium; set CHROMIUM to its path)" : "";

describe.skipIf(BINARY === undefined)(`the first load of ${ROWS} deliveries${reason}`, () => {
  let service: SpawnedService;
  let receiver: Receiver;
  let browser: Browser;
  let workspace: Workspace;
  let webhook: Webhook;

  beforeAll(async () => {
    [service, receiver, browser] = await Promise.all([
      spawnService(),
      startReceiver(),
      chromium.launch({ executablePath: BINARY ?? "", args: [...FLAGS, ...QUIET] }),
    ]);
    workspace = await newWorkspace(service);
    webhook = await workspace.webhook({ name: "Mirror", url: `${receiver.url}/a`, events: ["ticket.*"] });
    await workspace.publishAll(Array.from({ length: 60 }, () => ({ event: "ticket.created", data: {} })));
    await eventually(
      () => workspace.deliveries(webhook.id, "status=delivered"),
      (rows) => rows.length === 60,
    );
  });

  afterAll(() => Promise.all([service.stop(), receiver.close(), browser.close()]));

  it("takes at most 60 KB with everything, asks no other host, and moves nothing", async () => {
    const someone = await signedIn(service.url, service.adminToken);
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(NEVER_MS);
    const cookies = someone.cookies().split("; ");
    await context.addCookies(
      cookies.map((cookie) => {
        const [name = "", ...value] = cookie.split("=");
        return { name, value: value.join("="), url: service.url };
      }),
    );
    const page = await context.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    const wire = await context.newCDPSession(page);
    await wire.send("Network.enable");
    let bytes = 0;
    wire.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.goto(`${service.url}/portal/${workspace.id}/webhooks/${webhook.id}/deliveries`);
    const first = bytes;
    // A busy browser paints a page while it reads it, in pieces that make room for each other: what counts is what moves
    // once the whole of it has been painted.
    const whole = await page.evaluate<number>(PAINTED);
    // Twice, so that by now the list has been renewed.
    for (let times = 0; times < 2; times++) {
      await page.waitForResponse((response) => response.request().headers()["hx-request"] !== undefined);
    }

    expect(await page.locator("tbody tr").count()).toBe(ROWS);
    expect(first).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    const hosts = asked.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).origin);
    expect([...new Set(hosts)]).toEqual([service.url]);
    expect(complaints).toEqual([]);
    // What is pushed moves the page, and is seen; nothing was before.
    const shifts = await page.evaluate<number[]>(SHIFTS);
    expect(shifts.filter((at) => at > whole)).toHaveLength(1);
    await context.close();
  });
});

/** When the page is painted as it stands now, in milliseconds since it began to load. */
const PAINTED = `new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.timeline.currentTime)));
})`;

/**
 * When something moved since the page began to load, in milliseconds; up to something that comes in above everything, for
 * which it waits.
 */
const SHIFTS = `new Promise((resolve) => {
  const shifts = [];
  let pushed = Number.POSITIVE_INFINITY;
  const note = (list) => {
    shifts.push(...list.getEntries().map(({ startTime }) => startTime));
    if (shifts.some((at) => at >= pushed)) resolve(shifts);
  };
  new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => {
    pushed = document.timeline.currentTime;
    document.body.prepend(Object.assign(document.createElement("p"), { textContent: "Pushed." }));
  }));
})`;
