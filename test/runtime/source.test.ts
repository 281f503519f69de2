import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AuditRecorder } from "../../src/config/audit.ts";
import { insertSource } from "../../src/config/sources.ts";
import { EventStream } from "../../src/events/stream.ts";
import type { Callback, KeptRecord } from "../../src/inbound/contract.ts";
import { keep } from "../../src/inbound/keeping.ts";
import type { Normalised, Status } from "../../src/inbound/provider.ts";
import { providers } from "../../src/inbound/providers/index.ts";
import type { Source } from "../../src/inbound/source.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import { callback as callbackOf } from "../inbound/callback.ts";
import { MIXED_BATCHES } from "../inbound/fixtures.ts";
import { soon } from "../support/soon.ts";
import { api } from "./service.ts";

const DAY_MS = 86_400_000;

/** A source of a workspace of its own. */
async function newSource(more: object = {}) {
  const { id: workspaceId } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme", ...more });
  const account = { provider: "github", name: "g", credentials: { secret: "s3cr3t-of-github" } };
  const { id } = await api<{ id: string }>("POST", `/workspaces/${workspaceId}/sources`, account);
  const object = env.SOURCE.getByName(id);
  const events = async () =>
    (await env.EVENT_STREAM.getByName(String(workspaceId)).listEvents({ limit: 100 })).events
      .toReversed()
      .map(({ type, data }) => ({ type, data: JSON.parse(data) as Record<string, unknown> }));
  const callback = (records: KeptRecord[], more: Partial<Callback> = {}): Callback => ({
    workspaceId,
    provider: "twilio-sms",
    origin: "https://hooks.example.com",
    at: Date.now(),
    request: { method: "POST", url: "https://x.example/", headers: { a: "b" }, body: utf8("raw ✓") },
    records,
    malformed: null,
    replayKeys: [],
    tickets: {},
    keepMs: DAY_MS,
    ...more,
  });
  return { id, workspaceId, object, events, callback };
}

const status = (state: Status, more: Partial<Extract<KeptRecord, { type: "status" }>> = {}): KeptRecord => ({
  type: "status",
  channel: "sms",
  status: state,
  message_id: "SM1",
  recipient: "+14155550123",
  occurred_at: "2026-03-27T09:00:00.000Z",
  dedup_key: `SM1|${state}`,
  raw: { MessageStatus: state },
  ...more,
});

const mail = (more: Partial<Extract<KeptRecord, { type: "inbound" }>> = {}): KeptRecord => ({
  type: "inbound",
  channel: "email",
  message_id: "<1@x>",
  from: "jane@example.com",
  to: ["reply+42@in.example.com"],
  subject: "Hello",
  text: "New.\n\n> old",
  reply: "New.",
  quoted: "> old",
  html: null,
  media: [{ content_type: "text/plain", filename: "a.txt", size: 3 }],
  occurred_at: null,
  dedup_key: "<1@x>|reply+42@in.example.com",
  raw: null,
  ...more,
});

const untilPublished = (events: () => Promise<unknown[]>, count: number) =>
  soon(async () => expect(await events()).toHaveLength(count));

afterEach(() => vi.restoreAllMocks());

describe("a callback", () => {
  it("is a receipt with the raw request, and an event that names it", async () => {
    const { id, object, events, callback } = await newSource();
    const { receipt, duplicate } = await object.accept(callback([status("delivered")]));
    expect({ duplicate, receipt }).toEqual({ duplicate: false, receipt: expect.stringMatching(/^rcp_/) });
    await untilPublished(events, 1);
    expect(await events()).toEqual([
      {
        type: "sms.delivered",
        data: {
          provider: "twilio-sms",
          channel: "sms",
          message_id: "SM1",
          recipient: "+14155550123",
          status: "delivered",
          advanced: true,
          occurred_at: "2026-03-27T09:00:00.000Z",
          source_id: id,
          receipt_id: receipt,
          raw: { MessageStatus: "delivered" },
        },
      },
    ]);
    const {
      rows: [listed],
    } = await object.listReceipts(10, undefined);
    expect(listed).toMatchObject({
      id: receipt,
      verdict: "verified",
      reason: null,
      events: [expect.stringMatching(/^evt_/)],
    });
    const found = await object.getReceipt(receipt ?? "");
    expect(new TextDecoder().decode(found?.request.body)).toBe("raw ✓");
    expect(await object.getReceipt((receipt ?? "").replace(/.$/, "Z"))).toBeNull();
  });

  it("that comes again changes nothing, whole or in part", async () => {
    const { object, events, callback } = await newSource();
    await object.accept(callback([status("sent")]));
    expect(await object.accept(callback([status("sent")]))).toEqual({ receipt: null, duplicate: true });
    await object.accept(callback([status("sent"), status("delivered"), status("delivered")]));
    await untilPublished(events, 2);
    expect((await events()).map(({ type }) => type)).toEqual(["sms.sent", "sms.delivered"]);
    expect((await object.listReceipts(10, undefined)).rows).toHaveLength(2);
  });

  it("tells whether it moved its message on; late news does not", async () => {
    const { object, events, callback } = await newSource();
    for (const state of ["read", "delivered", "sent"] as const) await object.accept(callback([status(state)]));
    await untilPublished(events, 3);
    expect((await events()).map(({ type, data }) => [type, data.advanced])).toEqual([
      ["sms.read", true],
      ["sms.delivered", false],
      ["sms.sent", false],
    ]);
  });

  it("of which nothing is worth an event is kept with the reason", async () => {
    const { object, events, callback } = await newSource();
    await object.accept(callback([{ type: "ignored", reason: "not ours", dedup_key: null }]));
    await object.accept(callback([], { malformed: "It is no JSON" }));
    expect((await object.listReceipts(10, undefined)).rows).toMatchObject([
      { verdict: "malformed", reason: "It is no JSON", events: [] },
      { verdict: "ignored", reason: "not ours", events: [] },
    ]);
    expect(await events()).toEqual([]);
  });

  it("with a body of several megabytes is kept whole", async () => {
    const { object, callback } = await newSource();
    const body = new Uint8Array(4_000_001).fill(7);
    body[3_999_999] = 9;
    const request = { method: "POST", url: "https://x.example/", headers: {}, body };
    const { receipt } = await object.accept(callback([status("sent")], { request }));
    const found = await object.getReceipt(receipt ?? "");
    expect(found?.request.body.length).toBe(4_000_001);
    expect(found?.request.body[3_999_999]).toBe(9);
  });

  it("of thousands of events is kept, and all of them are published", async () => {
    const { object, events, callback, workspaceId } = await newSource();
    const many = Array.from({ length: 3000 }, (_, n) =>
      status("sent", {
        message_id: `SM${n}`,
        dedup_key: `SM${n}|sent`,
        raw: { MessageStatus: "sent", filler: "x".repeat(300) },
      }),
    );
    const { receipt } = await object.accept(callback(many));
    await soon(async () => {
      const {
        rows: [listed],
      } = await object.listReceipts(1, undefined);
      expect({ id: listed?.id, events: listed?.events?.length }).toEqual({ id: receipt, events: 3000 });
    });
    expect(await env.EVENT_STREAM.getByName(String(workspaceId)).usage(Date.now())).toMatchObject({ used: 0 });
    expect(await events()).toHaveLength(100);
    // Production refuses a row of more than 2 MB.
    const longest = await runInDurableObject(object, (_, state) => {
      const lengths = [
        "SELECT max(length(events)) AS n FROM receipts",
        "SELECT max(length(events)) AS n FROM more_events",
      ];
      return Math.max(...lengths.map((query) => Number(state.storage.sql.exec(query).one().n)));
    });
    expect(longest).toBeLessThan(600_000);
  });

  it("of large events is published in calls that hold them, and listed in pages that do", async () => {
    const { object, callback, workspaceId } = await newSource();
    const calls: number[] = [];
    const publish = EventStream.prototype.publish;
    vi.spyOn(EventStream.prototype, "publish").mockImplementation(function (this: EventStream, events) {
      calls.push(events.reduce((sum, { data }) => sum + data.length, 0));
      return publish.call(this, events);
    });
    const large = (n: number) => mail({ message_id: `<${n}@x>`, dedup_key: `${n}`, subject: "s".repeat(900_000) });
    const ids: (string | null)[] = [];
    for (let n = 0; n < 12; n += 2) ids.unshift((await object.accept(callback([large(n), large(n + 1)]))).receipt);
    await soon(async () => {
      expect((await env.EVENT_STREAM.getByName(String(workspaceId)).listEvents({ limit: 100 })).events).not.toEqual([]);
      expect(calls.reduce((sum, length) => sum + length, 0)).toBeGreaterThanOrEqual(12 * 900_000);
    });
    // A call holds 32 MB, of two bytes a character at the worst.
    expect(Math.max(...calls)).toBeLessThanOrEqual(4_000_000);

    const listed: string[] = [];
    const pages: number[] = [];
    for (let before: number | undefined, more = true; more; ) {
      const page = await object.listReceipts(100, before);
      pages.push(page.rows.length);
      listed.push(...page.rows.map(({ id }) => id));
      expect(page.rows.every(({ eventTypes }) => eventTypes.join() === "message.received")).toBe(true);
      ({ more } = page);
      before = page.rows.at(-1)?.seq;
    }
    expect(listed).toEqual(ids);
    expect(pages.length).toBeGreaterThan(1);
  });

  it("is in no row of more than 2 MB, however long all of it is", async () => {
    const { object, callback } = await newSource();
    const long = (more: object) =>
      mail({ text: "t".repeat(100_000), html: '"'.repeat(100_000), media: [], ...more }) as unknown as Normalised;
    const file = { content_type: "text/plain", filename: "f".repeat(998_000), size: 1 };
    const records = [
      long({ dedup_key: "1", subject: "s".repeat(998_700) }),
      long({
        dedup_key: "2",
        media: [file, ...Array.from({ length: 3000 }, () => ({ ...file, filename: "ж".repeat(250) }))],
      }),
      ...Array.from(
        { length: 9998 },
        (_, n) => status("sent", { message_id: `m${n}`, dedup_key: `m${n}` }) as Normalised,
      ),
    ];
    const headers = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`x-${n}`, "\u00ff".repeat(8000)]));
    const request = { method: "POST", url: "https://x.example/", headers, body: new Uint8Array(3_000_000) };
    const kept = keep(records, null, request.body);
    await object.accept(callback(kept.records, { request, provider: "p".repeat(20) }));
    await soon(async () =>
      expect((await object.listReceipts(1, undefined)).rows[0]?.events).toHaveLength(records.length),
    );
    const largest = await runInDurableObject(object, (_, { storage }) => {
      const rows = ["receipts", "bodies", "more_events"].flatMap((table) => [
        ...storage.sql.exec(`SELECT * FROM ${table}`),
      ]);
      const bytes = (value: unknown) => (value instanceof ArrayBuffer ? value.byteLength : utf8(`${value}`).length);
      return Math.max(...rows.map((row) => Object.values(row).reduce<number>((sum, each) => sum + bytes(each), 0)));
    });
    // https://developers.cloudflare.com/durable-objects/platform/limits/
    expect(largest).toBeLessThan(2_000_000);
  });

  it.each(MIXED_BATCHES)("of $provider with members that make no sense says so, once", async (batch) => {
    const { object, events, callback } = await newSource();
    const sent = callbackOf(batch.body, { "content-type": batch.contentType });
    const { body, method, url } = sent;
    const request = { method, url, headers: {}, body: new Uint8Array(body) };
    const again = async () => {
      const said = (await providers[batch.provider]?.normalise(sent, batch.source)) ?? [];
      return object.accept(callback(keep(said, null, body).records, { request, provider: batch.provider }));
    };
    const { receipt } = await again();
    await untilPublished(events, batch.good.length + batch.bad.length);
    expect(await object.getReceipt(receipt ?? "")).toMatchObject({ verdict: "partial", unread: batch.bad });
    expect(await again()).toEqual({ receipt: null, duplicate: true });
    const told = (await events()).filter(({ type }) => type === "source.attention");
    expect(told.map(({ data }) => data.member)).toEqual(batch.bad.map(({ member }) => member));
  });

  it("whose signature was taken before is known", async () => {
    const { object, callback } = await newSource();
    expect(await object.seen("jti-1")).toBe(false);
    await object.accept(callback([status("sent")], { replayKeys: ["jti-1"] }));
    expect(await object.seen("jti-1")).toBe(true);
    expect(await object.seen("status|SM1|sent")).toBe(false);
  });
});

describe("a mail", () => {
  const tickets = { ticket_address: "reply+{ticket}@in.example.com" };

  it("to a ticket's address is a message of that ticket: its text whole and in two, and a link to its files", async () => {
    const { id, workspaceId, object, events, callback } = await newSource();
    const { receipt } = await object.accept(callback([mail()], { tickets }));
    await untilPublished(events, 1);
    const [event] = await events();
    expect(event).toMatchObject({
      type: "ticket.message_created",
      data: {
        ...{ ticket_id: "42", text: "New.\n\n> old", reply: "New.", quoted: "> old" },
        ...{ from: "jane@example.com", direction: "incoming", receipt_id: receipt },
      },
    });
    expect(event?.data.attachments).toEqual([
      {
        content_type: "text/plain",
        filename: "a.txt",
        size: 3,
        url: `https://hooks.example.com/api/v1/workspaces/${workspaceId}/sources/${id}/receipts/${receipt}/attachments/0-0`,
      },
    ]);
  });

  it("that answers one of a ticket belongs to it, whatever its address", async () => {
    const { object, events, callback } = await newSource();
    await object.accept(callback([mail()], { tickets }));
    const answer = { message_id: "<2@x>", to: ["hello@example.com"], in_reply_to: "<1@x>", dedup_key: "<2@x>" };
    await object.accept(callback([mail(answer)], { tickets }));
    const stranger = { message_id: "<3@x>", to: ["hello@example.com"], dedup_key: "<3@x>" };
    await object.accept(callback([mail(stranger)], { tickets }));
    await untilPublished(events, 3);
    expect((await events()).map(({ type, data }) => [type, data.ticket_id])).toEqual([
      ["ticket.message_created", "42"],
      ["ticket.message_created", "42"],
      ["message.received", undefined],
    ]);
  });
});

describe("the way to the stream", () => {
  it("is taken again when it was closed, and each event is published once, in order", async () => {
    const { object, events, callback } = await newSource();
    const publish = vi.spyOn(EventStream.prototype, "publish").mockRejectedValue(new Error("away"));
    vi.spyOn(console, "error").mockImplementation(() => {});
    await object.accept(callback([status("queued")]));
    await object.accept(callback([status("sent")]));
    await soon(() => expect(publish).toHaveBeenCalled());
    publish.mockRestore();
    await runDurableObjectAlarm(object);
    await untilPublished(events, 2);
    expect((await events()).map(({ type }) => type)).toEqual(["sms.queued", "sms.sent"]);
  });

  it("is taken again after a crash in the middle, without a repetition", async () => {
    const { object, events, callback } = await newSource();
    await object.accept(callback([status("queued")]));
    await untilPublished(events, 1);
    // The cursor was never written down: all of it is handed over once more.
    await evictDurableObject(object);
    await object.accept(callback([status("sent")]));
    await untilPublished(events, 2);
    await runDurableObjectAlarm(object);
    expect((await events()).map(({ type }) => type)).toEqual(["sms.queued", "sms.sent"]);
  });
});

describe("an event that fails by itself", () => {
  /** Fails for what has this text in it, as long as it is not let go. */
  const poison = (text: string) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const publish = EventStream.prototype.publish;
    return vi.spyOn(EventStream.prototype, "publish").mockImplementation(function (this: EventStream, events) {
      if (events.some(({ data }) => data.includes(text))) return Promise.reject(new Error("string or blob too big"));
      return publish.call(this, events);
    });
  };

  it("is set aside after five tries and told, its receipt says so, and the others go on", async () => {
    const { id, workspaceId, object, events, callback } = await newSource();
    poison("POISON");
    const bad = status("failed", { dedup_key: "bad", recipient: "POISON" });
    const { receipt } = await object.accept(callback([status("queued"), bad, status("sent")]));
    await object.accept(callback([status("delivered")]));
    for (let ring = 0; ring < 4; ring++) await runDurableObjectAlarm(object);
    const before = (await events()).map(({ type }) => type);
    expect(before).toEqual(["sms.queued"]);
    await evictDurableObject(object);
    await soon(async () => {
      await runDurableObjectAlarm(object);
      expect(await events()).toHaveLength(4);
    });
    const told = await events();
    expect(told.map(({ type }) => type)).toEqual(["sms.queued", "source.attention", "sms.sent", "sms.delivered"]);
    expect(told[1]?.data).toEqual({
      source_id: id,
      receipt_id: receipt,
      provider: "twilio-sms",
      note: "An event of the type sms.failed could not be published and was set aside: it could not be stored",
    });
    const view = await api<unknown>("GET", `/workspaces/${workspaceId}/sources/${id}/receipts/${receipt}`);
    expect(view).toMatchObject({ set_aside: [{ event_type: "sms.failed", reason: "it could not be stored" }] });
    const { rows } = await object.listReceipts(10, undefined);
    expect(rows.map(({ events: ids, setAside }) => [ids?.length, setAside])).toEqual([
      [1, []],
      [2, [{ type: "sms.failed", reason: "it could not be stored" }]],
    ]);
    expect(await object.getReceipt(receipt ?? "")).toMatchObject({ setAside: [{ type: "sms.failed" }] });
  });

  it("is not what fails while the stream takes nothing at all", async () => {
    const { object, events, callback } = await newSource();
    const publish = poison("source_id");
    await object.accept(callback([status("queued")]));
    for (let ring = 0; ring < 12; ring++) await runDurableObjectAlarm(object);
    expect((await object.listReceipts(1, undefined)).rows).toMatchObject([{ events: null, setAside: [] }]);
    publish.mockRestore();
    await runDurableObjectAlarm(object);
    await untilPublished(events, 1);
  });

  it("waits for the one of several streams that takes nothing, though the others do", async () => {
    const { object, callback } = await newSource({ streams: 4 });
    vi.spyOn(console, "error").mockImplementation(() => {});
    const publish = EventStream.prototype.publish;
    let away: string | undefined;
    const spy = vi.spyOn(EventStream.prototype, "publish").mockImplementation(function (this: EventStream, events) {
      const name = (this as unknown as { ctx: DurableObjectState }).ctx.id.name ?? "";
      if (events.some(({ data }) => data.includes("FIRST"))) away = name;
      if (name === away) return Promise.reject(new Error("disk I/O error"));
      return publish.call(this, events);
    });
    const first = status("queued", { recipient: "FIRST" });
    const others = Array.from({ length: 20 }, (_, n) => status("sent", { message_id: `m${n}`, dedup_key: `m${n}` }));
    await object.accept(callback([first, ...others]));
    for (let ring = 0; ring < 12; ring++) await runDurableObjectAlarm(object);
    expect((await object.listReceipts(1, undefined)).rows).toMatchObject([{ events: null, setAside: [] }]);
    spy.mockRestore();
    await soon(async () => {
      await runDurableObjectAlarm(object);
      expect((await object.listReceipts(1, undefined)).rows[0]?.events).toHaveLength(21);
    });
  });

  it("waits for a stream that says that it is overloaded, whatever else passes", async () => {
    const { object, events, callback } = await newSource();
    vi.spyOn(console, "error").mockImplementation(() => {});
    const publish = EventStream.prototype.publish;
    const spy = vi.spyOn(EventStream.prototype, "publish").mockImplementation(function (this: EventStream, events) {
      const overloaded = events.some(({ type }) => type === "sms.queued");
      return overloaded
        ? Promise.reject(Object.assign(new Error("overloaded"), { overloaded: true }))
        : publish.call(this, events);
    });
    await object.accept(callback([status("queued")]));
    for (let ring = 0; ring < 12; ring++) await runDurableObjectAlarm(object);
    expect(await events()).toEqual([]);
    spy.mockRestore();
    await runDurableObjectAlarm(object);
    await untilPublished(events, 1);
  });
});

describe("the retention of receipts", () => {
  it("lets go of all of them, does not count anew, and then sleeps", async () => {
    const { object, events, callback } = await newSource();
    const numberOf = async (records: KeptRecord[]) => (await object.accept(callback(records))).receipt;
    expect(await numberOf([status("sent")])).toMatch(/0001$/);
    await untilPublished(events, 1);
    await runInDurableObject(object, (_, { storage }) => {
      for (const table of ["receipts", "seen", "messages"])
        storage.sql.exec(`UPDATE ${table} SET at = ?`, Date.now() - 31 * DAY_MS);
    });
    const stored = () =>
      runInDurableObject(object, async (_, { storage }) => ({
        rows: ["receipts", "bodies", "seen", "messages"].map((table) =>
          Number(storage.sql.exec(`SELECT count(*) AS n FROM ${table}`).one().n),
        ),
        alarm: await storage.getAlarm(),
      }));
    await soon(async () => {
      await runDurableObjectAlarm(object);
      expect(await stored()).toEqual({ rows: [0, 0, 0, 0], alarm: null });
    });
    await evictDurableObject(object);
    expect(await numberOf([status("delivered")])).toMatch(/0002$/);
    await untilPublished(events, 2);
  });
});

describe("rejections", () => {
  const batch = (count: number) => ({
    counts: { bad_signature: count },
    latest: [
      { at: Date.now(), cause: "bad_signature" as const, method: "POST", from: "203.0.113.9", userAgent: "curl" },
    ],
  });

  it("are counted, the latest shown, and told of once an hour", async () => {
    const { workspaceId, id, object, events } = await newSource();
    await object.rejected(workspaceId, "twilio-sms", batch(3));
    await object.rejected(workspaceId, "twilio-sms", batch(4));
    expect(await object.rejections()).toMatchObject({
      counts: { bad_signature: 7 },
      latest: [{ from: "203.0.113.9" }, {}],
    });
    expect(await events()).toMatchObject([
      {
        type: "source.verification_failed",
        data: { source_id: id, provider: "twilio-sms", cause: "bad_signature", rejected: 3 },
      },
    ]);
    expect((await object.listReceipts(10, undefined)).rows).toEqual([]);
  });

  it("of a flood cost next to no rows", async () => {
    const { workspaceId, object } = await newSource();
    await object.rejected(workspaceId, "twilio-sms", batch(1));
    const rows = () => runInDurableObject(object, (source) => source.sql.rowsWritten);
    const before = await rows();
    for (let n = 0; n < 50; n++) await object.rejected(workspaceId, "twilio-sms", batch(1000));
    expect((await rows()) - before).toBeLessThanOrEqual(1);
  });
});

describe("the bill", () => {
  it("of a status callback: the receipt, its body, its key, its message, its published id; and an alarm", async () => {
    const { object, events, callback } = await newSource();
    await object.accept(callback([status("queued")]));
    await untilPublished(events, 1);
    const rows = () => runInDurableObject(object, (source) => source.sql.rowsWritten);
    const before = await rows();
    await object.accept(callback([status("sent")]));
    await untilPublished(events, 2);
    await soon(async () => expect((await object.listReceipts(1, undefined)).rows[0]?.events).toHaveLength(1));
    expect((await rows()) - before).toBe(5);
  });
});

describe("a source whose secret was stored before it had to be canonical base64", () => {
  it("goes on, may be changed otherwise, and may be given none of that form anew", async () => {
    const { id: workspaceId } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme" });
    const key = "A".repeat(34);
    const fields = { provider: "standard-webhooks", name: "s", options: {}, publicUrl: null };
    const credentials = { signing_secret: `whsec_${key}` };
    const audit = AuditRecorder.ofService(Date.now());
    const { row } = await insertSource(env, workspaceId, { ...fields, credentials }, 10, Date.now(), audit);
    const at = `/workspaces/${workspaceId}/sources/${row?.id}`;
    await api("PATCH", at, { name: "t", options: { tolerance: 0 } });
    const body = '{"type":"a.b"}';
    const mac = createHmac("sha256", Buffer.from(key, "base64")).update(`msg_1.1700000000.${body}`).digest("base64");
    const headers = { "webhook-id": "msg_1", "webhook-timestamp": "1700000000", "webhook-signature": `v1,${mac}` };
    const url = `https://posthorn.example/in/standard-webhooks/${row?.id}`;
    expect((await exports.default.fetch(url, { method: "POST", headers, body })).status).toBe(200);
    await expect(api("PATCH", at, { credentials })).rejects.toThrow(
      /422.*credentials.signing_secret.*canonical base64/s,
    );
  });
});

describe("a source that was addressed without its name", () => {
  const nameless = (name: string) => env.SOURCE.get(env.SOURCE.idFromString(env.SOURCE.idFromName(name).toString()));

  it("takes nothing in, and says why, instead of going on under no name", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { callback, workspaceId } = await newSource();
    const object = nameless("src_nameless");
    await expect(async () => object.accept(callback([mail()]))).rejects.toThrow("without its name");
    const batch = { counts: {}, latest: [] } as unknown as Parameters<Source["rejected"]>[2];
    await expect(async () => object.rejected(workspaceId, "generic", batch)).rejects.toThrow("without its name");
    expect((await object.listReceipts(10, undefined)).rows).toEqual([]);
  });
});
