import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { obliging } from "../support/doors.ts";
import { eventually } from "../support/eventually.ts";
import { inTurns } from "../support/in-turns.ts";
import { type IsolatedService, startIsolatedService } from "../support/internet.ts";
import { HOSTILE_URLS } from "../support/urls.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

/*
 * Endpoints that were stored before there was a rule against their URLs: rows of D1, one for each hostile URL, which are
 * copies of one that was fine.
 */

const HOST = "your-app.com";
const EVENT = "ticket_status_change";

interface Stored {
  hostile: string;
  id: string;
}

let service: IsolatedService;
let workspace: Workspace;
let model: string;
let stored: Stored[];
let since: string;

beforeAll(async () => {
  // What a URL says is enough: where its name leads is not asked.
  service = await startIsolatedService({ DNS_GUARD: "off" });
  service.serves(HOST, obliging);
  workspace = await newWorkspace(service);
  since = new Date(Date.now() - 60_000).toISOString();
  const fields = { dialect: "community", verify_token: "someverificationtoken", events: [EVENT] };
  // Nothing is tried again but by what the test does.
  model = (await workspace.webhook({ ...fields, url: `https://${HOST}/`, retry_policy: [] })).id;
  stored = HOSTILE_URLS.map(([hostile], n) => ({ hostile, id: model.slice(0, -3) + String(n).padStart(3, "0") }));
  await service.restartAfter(async (db) => {
    const { results } = await db.prepare("SELECT name FROM pragma_table_info('endpoints')").all<{ name: string }>();
    const own = ["number", "id", "url"];
    const same = results.flatMap(({ name }) => (own.includes(name) ? [] : name)).join(", ");
    const copy = db.prepare(
      `INSERT INTO endpoints (id, url, ${same}) SELECT ?, ?, ${same} FROM endpoints WHERE id = '${model}'`,
    );
    await db.batch(stored.map(({ id, hostile }) => copy.bind(id, hostile)));
  });
});

afterAll(() => service.stop());

/** What left, but for what the one that is fine was sent. */
const called = () => service.outgoing().filter(({ url }) => url !== `https://${HOST}/` && !url.includes("challenge="));

/** The newest delivery of each, once it has that many attempts behind it; told by URL, to be compared. */
const newest = (endpoints: readonly Stored[], attempts: number) =>
  inTurns(endpoints, async ({ id, hostile }) => {
    const [row] = await eventually(
      () => workspace.deliveries(id),
      ([first]) => first?.attempts === attempts && first.status === "failed",
      { everyMs: 200 },
    );
    return { hostile, delivery: row?.id ?? "", error: row?.last_error };
  });

const blocked = (endpoints: readonly Stored[]) =>
  endpoints.map(({ hostile }) => ({ hostile, delivery: expect.any(String), error: "blocked" }));

/** A call costs as much as a delivery: for what ends in the same attempts, some of them do. */
const some = () => stored.filter((_, n) => n % 10 === 0);

describe("an endpoint that was stored before the rule", () => {
  it("is stored as it is", async () => {
    const urls = await inTurns(stored, async ({ id }) => (await workspace.getWebhook(id)).url);
    expect(urls).toEqual(HOSTILE_URLS.map(([url]) => url));
  });

  it("is not called for an event, beside one that is", async () => {
    await workspace.publish({ event: EVENT, data: {} });
    expect(await newest(stored, 1)).toEqual(blocked(stored));
    expect((await workspace.attempted(model)).status).toBe("delivered");
    expect(called()).toEqual([]);
  });

  it("is not called by a replay", async () => {
    const answers = await inTurns(stored, async ({ id }) => {
      return (await workspace.call("POST", `/webhooks/${id}/replay`, { since, status: "failed" })).status;
    });
    expect(new Set(answers)).toEqual(new Set([202]));
    expect(await newest(stored, 2)).toEqual(blocked(stored));
    expect(called()).toEqual([]);
  });

  it("is not called by a redelivery", async () => {
    await inTurns(await newest(some(), 2), ({ delivery }) =>
      workspace.call("POST", `/deliveries/${delivery}/redeliver`),
    );
    expect(await newest(some(), 3)).toEqual(blocked(some()));
    expect(called()).toEqual([]);
  });

  it("is not called by a test, and says why", async () => {
    await inTurns(some(), ({ id }) => workspace.call("POST", `/webhooks/${id}/test`, { event: EVENT }));
    const tests = await newest(some(), 1);
    expect(tests).toEqual(blocked(some()));
    expect(called()).toEqual([]);
    const { attempts } = await workspace.delivery(
      tests.find(({ hostile }) => hostile === "http://example.com/")?.delivery ?? "",
    );
    expect(attempts).toMatchObject([{ status: null, response_body: "Only https:// URLs are allowed." }]);
  });

  it("is not verified anew", async () => {
    const answers = await inTurns(stored, async ({ hostile, id }) => {
      const changes = { verify_token: "another" };
      const { status, json } = await workspace.call<{ code: string }>("PATCH", `/webhooks/${id}`, changes);
      return [hostile, status, json.code];
    });
    expect(answers).toEqual(HOSTILE_URLS.map(([url]) => [url, 422, "invalid_request"]));
    // The verification of the one that is fine, and no other.
    expect(service.outgoing().filter(({ method }) => method === "GET")).toHaveLength(1);
  });

  it("is called again with a URL that is fine", async () => {
    const [first] = stored;
    await workspace.change(first?.id ?? "", { url: `https://${HOST}/again`, verify_token: "another" });
    await workspace.publish({ event: EVENT, data: {} });
    await eventually(
      () => service.outgoing(HOST).map(({ method, url }) => `${method} ${url}`),
      (requests) => requests.includes(`POST https://${HOST}/again`),
    );
  });
});
