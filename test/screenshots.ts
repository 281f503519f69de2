import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { buildWorker, startService } from "../src/local/service.ts";
import { watchWorkerd } from "../src/local/watchdog.ts";
import { root } from "../src/local/wrangler.ts";
import { furnishRichly, idsOf, linked, PLANS, replayed, servers, trouble, work } from "./support/acme.ts";
import { age } from "./support/aged.ts";
import { launch, openWindow, signIn } from "./support/browser.ts";
import { addressOf } from "./support/portal-data.ts";
import { PORTAL_PAGES } from "./support/portal-pages.ts";
import { smallPng } from "./support/small-png.ts";
import { newWorkspace } from "./support/workspace.ts";

/** Takes the pictures of docs/portal.md: each page of the portal, in light and dark. A name given takes those alone. */

const FOLDER = join(root, "docs/portal");
const WINDOW = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 1000 };
const ON_PHONES: readonly string[] = ["webhook", "deliveries"];
const ADMIN_TOKEN = "an-admin-token-for-pictures-and-nothing-else";

const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);

watchWorkerd();
const stateDir = mkdtempSync(join(tmpdir(), "posthorn-pictures-"));
process.once("exit", () => rmSync(stateDir, { recursive: true, force: true }));
const scriptPath = await buildWorker(join(stateDir, "worker"));
const theirs = servers();
const vars = { ADMIN_TOKEN, ENCRYPTION_KEY: "a-key-for-pictures-of-32-letters", PLANS, DNS_GUARD: "off" };
const start = (port: number) =>
  startService({
    ...{ port, stateDir, vars, scriptPath, outbound: (request) => theirs.answer(request) },
    rateLimits: { TOKEN_REQUESTS: null, SOURCE_REQUESTS: null, FAILURES: null },
  });

console.log("Furnishing…");
// As `npm start` has it, if nobody has it now.
let service = await start(8787).catch(() => start(0));
const workspace = await newWorkspace({ url: service.url, adminToken: ADMIN_TOKEN }, "Acme Support");
await workspace.call("PATCH", "", { plan: "starter" });
for (const [name, plan] of [
  ["Globex", "growth"],
  ["Initech", "starter"],
  ["Umbrella Care", null],
]) {
  const other = await newWorkspace({ url: service.url, adminToken: ADMIN_TOKEN }, name ?? "");
  await other.call("PATCH", "", { plan });
}
const acme = await furnishRichly(workspace, theirs);
const { port } = new URL(service.url);
await service.stop();
age(stateDir, Date.now());

service = await start(Number(port));
theirs.day = 0.3;
const ids = await idsOf(workspace, acme);
await linked(workspace, service);
const browser = await launch();
mkdirSync(FOLDER, { recursive: true });
const addresses: { name: string; path: string }[] = [
  ...PORTAL_PAGES.map(({ name, path, query = "" }) => ({ name, path: addressOf(path, ids) + query })),
  { name: "webhook-failing", path: `/portal/${workspace.id}/webhooks/${acme.failing}` },
  { name: "webhook-disabled", path: `/portal/${workspace.id}/webhooks/${acme.disabled}` },
];

async function take(page: Page, name: string): Promise<void> {
  const png = await page.screenshot({ animations: "disabled", scale: "css" });
  writeFileSync(join(FOLDER, `${name}.png`), smallPng(png));
}

for (const colorScheme of ["light", "dark"] as const) {
  console.log(`Taking pictures, ${colorScheme}…`);
  const { page, context, complaints } = await openWindow(browser, { colorScheme, viewport: WINDOW });
  if (isWanted("sign-in")) {
    await page.goto(`${service.url}/portal/sign-in`);
    await take(page, `sign-in-${colorScheme}`);
  }
  await signIn(page, service.url, ADMIN_TOKEN);
  for (const { name, path: usual } of addresses.filter((each) => isWanted(each.name))) {
    // Some of a replay is done by then.
    const path = name === "replay-progress" ? await replayed(workspace, acme) : usual;
    // Something has always just happened.
    if (ON_PHONES.includes(name)) {
      await work(workspace, theirs, 5);
      await sleep(600);
      if (name === "deliveries") await trouble(workspace);
      await sleep(300);
    }
    if (path !== usual) await sleep(400);
    const answer = await page.goto(service.url + path);
    if (answer?.status() !== 200) throw new Error(`${path}: ${answer?.status()}`);
    await page.waitForLoadState("load");
    await take(page, `${name}-${colorScheme}`);
    if (!ON_PHONES.includes(name)) continue;
    await page.setViewportSize(PHONE);
    await take(page, `${name}-phone-${colorScheme}`);
    await page.setViewportSize(WINDOW);
  }
  if (isWanted("webhook-added")) {
    await page.goto(`${service.url}/portal/${workspace.id}/webhooks/new`);
    await page.getByLabel("URL", { exact: true }).fill("https://app.acme.example/webhooks/support");
    await page.getByLabel("Name", { exact: true }).fill("Our app");
    await page
      .getByRole("checkbox", { name: /^ticket\.created/ })
      .first()
      .check();
    await page.getByRole("button", { name: "Add webhook" }).click();
    await page.getByRole("heading", { level: 1, name: "Webhook added" }).waitFor();
    await take(page, `webhook-added-${colorScheme}`);
  }
  for (const complaint of complaints) console.error(complaint);
  await context.close();
}
await browser.close();
await service.stop();
process.exit();
