import { afterAll, beforeAll, expect, it } from "vitest";
import { type Visitor, visitor } from "../support/portal.ts";
import { addressOf, type Furnished, furnish } from "../support/portal-data.ts";
import { PORTAL_PAGES } from "../support/portal-pages.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace } from "../support/workspace.ts";

/** Whatever somebody writes into an address or a form: a page that says so, never a failure of ours. */

const PARAMETERS = [
  "cursor",
  "since",
  "until",
  "status",
  "event",
  "events",
  "search",
  "period",
  "type",
  "total",
  "done",
];
const MORE = ["action", "actor", "record", "variant", "awaits", "q", "overlap", "url", "name", "limit", "to"];
const VALUES = [
  "",
  "'",
  "<script>alert(1)</script>",
  "-1",
  "NaN",
  "2026-13-45",
  "\u0000",
  "\ud800",
  "a".repeat(3000),
  "%",
];

let service: SpawnedService;
let receiver: Receiver;
let furnished: Furnished;
let admin: Visitor;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  furnished = await furnish(await newWorkspace(service), receiver);
  admin = visitor(service.url);
  await admin.signIn(service.adminToken);
});
afterAll(() => Promise.all([service.stop(), receiver.close()]));

it("answers each page with whatever parameters by a page", async () => {
  const failed: string[] = [];
  const names = [...PARAMETERS, ...MORE];
  const alone = names.flatMap((name) => ["'", "2026-13-45"].map((value) => `${name}=${value}`));
  const together = VALUES.map((value) => {
    const some = value.length > 100 ? names.slice(0, 2) : names;
    return some.map((name) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join("&");
  });
  for (const { path } of PORTAL_PAGES) {
    const address = addressOf(path, furnished.ids);
    await Promise.all(
      [...alone, ...together].map(async (query) => {
        const { status, html } = await admin.get(`${address}?${query}`);
        if (status >= 500 || html.includes("<script>alert")) failed.push(`${status} ${path}?${query.slice(0, 80)}`);
      }),
    );
  }
  expect(failed).toEqual([]);
});

it("answers ids that are none by a page that says so", async () => {
  const failed: string[] = [];
  for (const { path } of PORTAL_PAGES) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    for (const name of names) {
      for (const id of ["0", "nothing", "..%2f..", "%00", "99999999999999999999", "<b>", "x".repeat(600)]) {
        const address = addressOf(path, { ...furnished.ids, [name]: id });
        const { status, html } = await admin.get(address);
        if (status >= 500 || (status < 300 && !["name", "provider"].includes(name)) || html.includes("<b>")) {
          failed.push(`${status} ${address.slice(0, 120)}`);
        }
      }
    }
  }
  expect(failed).toEqual([]);
});

it("answers forms with whatever fields by a page, or leads on", async () => {
  const failed: string[] = [];
  for (const { path } of PORTAL_PAGES) {
    if (/delete|revoke|encryption/.test(path)) continue;
    const address = addressOf(path, furnished.ids);
    for (const value of VALUES) {
      const fields = Object.fromEntries(
        [...PARAMETERS, ...MORE, "data", "schema", "scopes", "headers"].map((n) => [n, value]),
      );
      const { status } = await admin.post(address, fields);
      if (status >= 500) failed.push(`${status} ${path} ${JSON.stringify(value).slice(0, 40)}`);
    }
  }
  expect(failed).toEqual([]);
});

it("does not read a form that no form of ours could be", async () => {
  const large = await admin.post(`/portal/${furnished.ids.workspace}/webhooks/new`, {
    description: "a".repeat(1_200_000),
  });
  expect([large.status, large.text]).toEqual([413, expect.stringContaining("A form holds at most 1 MB")]);
});
