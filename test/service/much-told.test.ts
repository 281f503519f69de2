import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import {
  deliver,
  hmac,
  JSON_TYPE,
  type Outgoing,
  SENDGRID_PUBLIC_KEY,
  sendgridSigned,
} from "../support/provider-callbacks.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, listReceipts, type ReceivingSource } from "../support/sources.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/*
 * Genuine callbacks that tell of more than is kept or told at once: each is answered so that its provider does not come
 * again, and the next one is told of as if nothing had been.
 */

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

let service: SpawnedService;
let workspace: Workspace;

beforeAll(async () => {
  service = await spawnService();
  workspace = await newWorkspace(service);
});

afterAll(() => service.stop());

const postmark = (body: object): Outgoing => ({
  ...{ method: "POST", headers: { ...JSON_TYPE, "x-postmark-token": SECRET }, body: JSON.stringify(body) },
});
const meta = (value: object): Outgoing => {
  const entry = [{ changes: [{ field: "messages", value }] }];
  const body = JSON.stringify({ object: "whatsapp_business_account", entry });
  const signature = `sha256=${hmac("sha256", SECRET, "hex", body)}`;
  return { method: "POST", headers: { ...JSON_TYPE, "x-hub-signature-256": signature }, body };
};
const bounce = (more: object) => postmark({ RecordType: "Bounce", Type: "HardBounce", MessageID: "m", ...more });
const statuses = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ id: `s${number}`, status: "sent", recipient_id: "1" }));

const SOURCES: Record<string, object> = {
  postmark: { header: "X-Postmark-Token", value: SECRET },
  sendgrid: { public_key: SENDGRID_PUBLIC_KEY },
  "meta-whatsapp": { app_secret: SECRET, verify_token: "a-token" },
};
const NEXT: Record<string, () => Outgoing> = {
  postmark: () => bounce({ ID: 7 }),
  sendgrid: () => sendgridSigned('[{"event":"delivered","sg_event_id":"next"}]', JSON_TYPE),
  "meta-whatsapp": () => meta({ statuses: [{ id: "next", status: "read" }] }),
};

type Told = { event: string; data: { source_id?: string; note?: string; member?: string } };

const toldOf = async (source: ReceivingSource): Promise<Told[]> => {
  const events = dataOf(await workspace.call<{ data: Told[] }>("GET", "/events?limit=100"));
  return events.filter(({ data }) => data.source_id === source.id);
};

describe("a callback of more than is kept", () => {
  it("is kept, and what it could not tell is told", async () => {
    const source = await createSource(workspace, "sendgrid", SOURCES.sendgrid ?? {});
    const batch = sendgridSigned(`[${"1,".repeat(190_000)}1]`, JSON_TYPE);
    expect((await deliver(source.callback_url, batch)).status).toBe(200);
    expect(await listReceipts(workspace, source)).toMatchObject([
      { verdict: "malformed", reason: expect.stringMatching(/10000 things/) },
    ]);
    expect((await deliver(source.callback_url, NEXT.sendgrid?.() ?? bounce({}))).status).toBe(200);
    // Nineteen tell of one each, the first of all beyond ten thousand; the twentieth of one and of those that are left.
    const told = await eventually(
      () => toldOf(source),
      (events) => events.length === 21,
    );
    expect(told.filter(({ event }) => event === "email.delivered")).toHaveLength(1);
    const alerts = told.flatMap(({ event, data }) => (event === "source.attention" ? [data] : []));
    expect(alerts.map(({ member }) => member).sort()).toEqual(
      ["[10000…190000]", ...Array.from({ length: 19 }, (_, index) => `[${index}]`)].sort(),
    );
    const last = alerts.filter(({ note }) => note?.includes(" more, see the receipt"));
    expect(last).toMatchObject([{ member: "[18]", note: expect.stringContaining("(and 9981 more") }]);
  });

  it.each<[string, () => Outgoing, string]>([
    ["an error of 5 MB", () => bounce({ ID: 1, Details: "d".repeat(5_000_000) }), "error"],
    ["an id of 5 MB", () => bounce({ MessageID: "i".repeat(5_000_000) }), "message_id"],
    [
      "20,000 recipients",
      () =>
        postmark({
          From: "a@example.com",
          MessageID: "m",
          ToFull: Array.from({ length: 20_000 }, (_, number) => ({ Email: `${"r".repeat(80)}${number}@example.com` })),
        }),
      "to",
    ],
  ])("is an event that says what was cut: %s", async (_, callback, field) => {
    const source = await createSource(workspace, "postmark", SOURCES.postmark ?? {});
    expect((await deliver(source.callback_url, callback())).status).toBe(200);
    expect(await listReceipts(workspace, source)).toMatchObject([{ verdict: "verified" }]);
    const [id] = await eventually(
      async () => (await listReceipts(workspace, source))[0]?.events ?? [],
      (ids) => ids.length === 1,
    );
    const event = dataOf(await workspace.call<{ data: { data: { truncated: string[] } } }>("GET", `/events/${id}`));
    expect(event.data.truncated).toContain(field);
  });
});

describe("a callback whose every thing brings what stands beside them", () => {
  it("tells of all of them, and of the provider's own words no more than fits", async () => {
    const source = await createSource(workspace, "meta-whatsapp", SOURCES["meta-whatsapp"] ?? {});
    const metadata = { display_phone_number: "1", note: "n".repeat(50_000) };
    expect((await deliver(source.callback_url, meta({ metadata, statuses: statuses(5000) }))).status).toBe(200);
    const [receipt, ...more] = await listReceipts(workspace, source);
    expect(more).toEqual([]);
    expect(receipt).toMatchObject({ verdict: "verified" });
    const [told] = await eventually(
      () => listReceipts(workspace, source),
      ([only]) => only?.events?.length === 5000,
    );
    const events = told?.events ?? [];
    const wordsOf = async (id: string | undefined) =>
      dataOf(await workspace.call<{ data: { data: { raw: unknown } } }>("GET", `/events/${id}`)).data.raw;
    expect(await wordsOf(events[0])).toMatchObject({ id: "s0", metadata });
    expect(await wordsOf(events.at(-1))).toBeNull();
  });
});
