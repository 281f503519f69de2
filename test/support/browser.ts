import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { root } from "../../src/local/wrangler.ts";
import { NEVER_MS } from "./eventually.ts";

/** Where Debian's package, and others, put it; CHROMIUM names another. */
const PLACES = [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser's path; undefined where there is none, and what needs one is skipped. */
export const chromiumPath: string | undefined = PLACES.find((path) => path !== "" && existsSync(path));

/** None of it speaks to anybody by itself. */
const QUIET = [
  ...[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
  ],
  ...["--disable-component-update", "--disable-sync"],
];

/** @throws Error where there is no browser */
export function launch(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error("There is no Chromium: install the package, or set CHROMIUM");
  return chromium.launch({ executablePath: chromiumPath, args: QUIET });
}

/** What a page has complained of: its console's errors, and exceptions that nobody caught. */
export type Complaints = string[];

/**
 * A window of somebody's own, with an empty profile. What goes wrong in its pages is collected, but for answers with a
 * status of 4xx, which the browser mentions as well.
 */
export async function openWindow(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; page: Page; complaints: Complaints }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(NEVER_MS);
  const page = await context.newPage();
  const complaints: Complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (!/the server responded with a status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  return { context, page, complaints };
}

/** Signs in by keyboard, as people do; `to` is where that should lead. */
export async function signIn(page: Page, origin: string, token: string): Promise<void> {
  await page.goto(`${origin}/portal/sign-in`);
  await page.getByLabel("Token").fill(token);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname !== "/portal/sign-in");
}

const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** What axe-core finds wrong with the page as it is, by its rules for WCAG 2.2 AA and its own good practice. */
export async function violations(page: Page): Promise<string[]> {
  // Not by a script element: the page's policy forbids those, and should.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    // There since the line above, in another world than this file's.
    const { axe } = globalThis as unknown as {
      axe: { run(root: Document, options: { runOnly: string[] }): Promise<{ violations: Violation[] }> };
    };
    const { violations } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
    );
  });
  return found;
}

/** By how many pixels the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
