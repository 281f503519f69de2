import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleOf } from "../../src/systems/example.ts";
import { dialects } from "../../src/systems/index.ts";
import { answer, type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { hexSignature, LIBRARIES, librariesAccepting } from "../support/signatures.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

/**
 * The systems, each with a request as its document writes it in its folder's expected.http: the headers by their names in
 * small letters, in the order of the alphabet, and in braces what differs from run to run.
 */
const SYSTEMS = await Promise.all(
  [...dialects].map(async ([dialect, { signature }]) => {
    return { dialect, isStandard: signature.scheme === "standard", ...(await exampleOf(dialect)) };
  }),
);

/** The event that all of them get, as text: its digits and escapes must arrive as they are. */
const EVENT = String.raw`{"event":"ticket.updated","timestamp":"2026-03-26T14:30:00.250Z","data":{"Ticket":{"Id":4478963,"Status":"pending","Title":"Größe passt nicht – 12 € ✓","Score":1.50,"Seen":9007199254740993},"PreviousTicketStatus":"open","Path":"a\/b\u00e9"}}`;

/** What HTTP and the runtime put into any request, whoever sends it. Every other header must be expected. */
const TRANSPORT = ["host", "content-length", "cf-worker"];

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let event: { id: string };
let publishedAfter: number;
const webhooks = new Map<string, Webhook>();

const posts = (path: string) =>
  receiver.requests.filter((request) => request.method === "POST" && request.path === path);

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
  for (const each of SYSTEMS) dataOf(await workspace.call<{ data: unknown }>("PATCH", "", each.workspace));
  receiver.on("/community", (request, response) =>
    answer(200, request.query.get("challenge") ?? "")(request, response),
  );
  for (const { dialect, webhook } of SYSTEMS) {
    const fields = { url: `${receiver.url}/${dialect}`, events: ["ticket.updated"], dialect, ...webhook };
    webhooks.set(dialect, await workspace.webhook(fields));
  }
  publishedAfter = Date.now();
  event = dataOf(await workspace.call<{ data: { id: string } }>("POST", "/events", EVENT));
  await receiver.waitFor(() => SYSTEMS.every(({ dialect }) => posts(`/${dialect}`).length > 0));
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** A request as the expected files write it, but for what every HTTP request has. */
function written({ method, path, rawHeaders, body }: Received): string {
  const lines: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    if (!TRANSPORT.includes(name)) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  return [`${method} ${path}`, ...lines.sort(), "", body.toString()].join("\n");
}

/** The file's last line break is the file's own. */
const expectedFile = (dialect: string): string =>
  readFileSync(new URL(`../../src/systems/${dialect}/expected.http`, import.meta.url), "utf8").replace(/\n$/, "");

/** Fills in what is given; a placeholder without a value stays, and so is found. */
const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);

const bodyOf = (text: string): string => text.slice(text.indexOf("\n\n") + 2);

/** By the recipe of the Standard Webhooks specification. */
function standardSignature(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
}

describe("one event reaches every system", () => {
  it.each(SYSTEMS)("$dialect gets the expected request, byte for byte", async ({ dialect, isStandard }) => {
    const { id = "", secret = "" } = webhooks.get(dialect) ?? {};
    const [request, ...more] = posts(`/${dialect}`);
    if (!request) throw new Error("Nothing arrived");
    expect(more).toEqual([]);
    const [row, ...others] = await workspace.deliveries(id);
    expect(others).toEqual([]);
    const delivery = row?.id ?? "";
    const timestamp = String(request.headers["webhook-timestamp"] ?? "");
    const filled = fill(expectedFile(dialect), {
      workspace: String(workspace.id),
      event: event.id,
      delivery,
      timestamp,
    });
    const signed = bodyOf(filled);
    const signature = isStandard
      ? standardSignature(secret, delivery, timestamp, signed)
      : hexSignature(secret, signed);
    expect(written(request)).toBe(fill(filled, { signature }));
    if (isStandard) {
      expect(librariesAccepting(secret, request)).toEqual(LIBRARIES);
      expect(timestamp).toMatch(/^\d+$/);
      // Between the publish and the arrival. It has whole seconds, and the clocks of two processes may differ a little.
      expect(Number(timestamp)).toBeGreaterThanOrEqual(Math.floor((publishedAfter - 50) / 1000));
      expect(Number(timestamp) * 1000).toBeLessThanOrEqual(request.at + 50);
    }
  });

  it.each(["platform", "community"])("%s without a secret gets the same, but for the signature", async (dialect) => {
    const other = await newWorkspace(service);
    dataOf(await other.call<{ data: unknown }>("PATCH", "", { community_name: "yourCompany" }));
    const { external_id } = dataOf(await other.call<{ data: { external_id: string } }>("GET", ""));
    receiver.on("/unsigned-community", (request, response) =>
      answer(200, request.query.get("challenge") ?? "")(request, response),
    );
    const token = dialect === "community" ? { verify_token: "someverificationtoken" } : {};
    const fields = { url: `${receiver.url}/unsigned-${dialect}`, events: ["ticket.updated"], dialect, ...token };
    const { id, secret } = await other.webhook(fields);
    expect(secret).toBeNull();
    const published = dataOf(await other.call<{ data: { id: string } }>("POST", "/events", EVENT));
    await receiver.waitFor(() => posts(`/unsigned-${dialect}`).length > 0);
    const [request] = posts(`/unsigned-${dialect}`);
    if (!request) throw new Error("Nothing arrived");
    const [row] = await other.deliveries(id);
    const expected = expectedFile(dialect)
      .replace(/^x-webhook-signature: .*\n/m, "")
      .replace(`POST /${dialect}`, `POST /unsigned-${dialect}`)
      .replace("a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51", external_id);
    expect(written(request)).toBe(fill(expected, { event: published.id, delivery: row?.id ?? "" }));
  });

  it("a webhook's own headers come along", async () => {
    const headers = { "X-Customer": "42", Authorization: "Bearer theirs" };
    const fields = { url: `${receiver.url}/own-headers`, events: ["ticket.resolved"], dialect: "platform", headers };
    await workspace.webhook(fields);
    await workspace.publish({ event: "ticket.resolved", data: {} });
    await receiver.waitFor(() => posts("/own-headers").length === 1);
    const [request] = posts("/own-headers");
    expect(request?.headers).toMatchObject({ "x-customer": "42", authorization: "Bearer theirs" });
    expect(request?.headers["x-webhook-delivery"]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});
