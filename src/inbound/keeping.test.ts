import { describe, expect, it } from "vitest";
import type { Json } from "../systems/event-type.ts";
import { eventOf } from "./events.ts";
import { KEPT_RAW_IN_ALL, keep } from "./keeping.ts";
import { MAX_RECORDS, unreadMember } from "./members.ts";
import { jsonOf } from "./parsing/json.ts";
import type { GenericRecord, InboundRecord, StatusRecord } from "./provider.ts";

const BODY = new Uint8Array();

const status = (number: number, raw: Json = null): StatusRecord => ({
  ...{ type: "status", channel: "sms", status: "sent", message_id: `m${number}`, recipient: "1" },
  ...{ occurred_at: null, dedup_key: `k${number}`, raw },
});
const message = (more: Partial<InboundRecord>): InboundRecord => ({
  ...{ type: "inbound", channel: "sms", message_id: "m", from: "1", to: ["2"], text: null, media: [] },
  ...{ occurred_at: null, dedup_key: "k", raw: null, ...more },
});
const many = (count: number, raw?: Json) => Array.from({ length: count }, (_, number) => status(number, raw));

describe("a callback's records", () => {
  it("are kept as they are", () => {
    const records = [status(1, { a: 1 }), message({ text: "Hello" })];
    expect(keep(records, null, BODY)).toEqual({ records, malformed: null });
  });

  it("are ten thousand at most, and one that tells of those beyond", () => {
    const { records, malformed } = keep(many(MAX_RECORDS + 6), null, BODY);
    expect(malformed).toBeNull();
    expect(records).toHaveLength(MAX_RECORDS + 2);
    expect(records.at(-1)).toMatchObject({
      ...{ type: "control", alert: true, dedup_key: expect.stringMatching(/^unread\|[0-9a-f]{64}$/) },
      unread: { member: "[10001…10005]", reason: "It tells of more than 10000 things." },
    });
    expect(keep(many(MAX_RECORDS + 6), null, BODY).records.at(-1)).toEqual(records.at(-1));
  });

  it.each<[string, StatusRecord | InboundRecord, string[], object]>([
    ["an id", { ...status(1), message_id: "i".repeat(1_000_000) }, ["message_id"], { message_id: "i".repeat(1000) }],
    ["a recipient", { ...status(1), recipient: "r".repeat(1001) }, ["recipient"], { recipient: "r".repeat(1000) }],
    [
      "an error",
      { ...status(1), error: { code: "c", text: "\u0000".repeat(143_000) } },
      ["error"],
      { error: { code: "c", text: "\u0000".repeat(4000) } },
    ],
    ["a subject", message({ subject: '"'.repeat(400_000) }), ["subject"], { subject: '"'.repeat(2000) }],
    [
      "half a character",
      message({ subject: `${"s".repeat(1999)}😀` }),
      ["subject"],
      { subject: `${"s".repeat(1999)}\ufffd` },
    ],
    ["a name", message({ from_name: "ü".repeat(500_000) }), ["from_name"], { from_name: "ü".repeat(1000) }],
    [
      "a file's name",
      message({ media: [{ content_type: null, filename: "f".repeat(998_000) }] }),
      ["media"],
      { media: [{ content_type: null, filename: "f".repeat(255) }] },
    ],
  ])("are cut where they are too long, and say so: %s", (_, record, truncated, rest) => {
    expect(keep([record], null, BODY)).toMatchObject({ malformed: null, records: [{ ...rest, truncated }] });
  });

  it.each<[string, keyof InboundRecord, unknown[]]>([
    ["recipients", "to", Array.from({ length: 20_000 }, (_, number) => `${number}${"n".repeat(70)}`)],
    ["copies", "cc", Array.from({ length: 20_000 }, (_, number) => `${number}${"n".repeat(70)}`)],
    ["short ones", "cc", Array.from({ length: 5001 }, (_, number) => `${number}@b.c`)],
    ["files", "media", Array.from({ length: 5000 }, () => ({ content_type: null, url: "u".repeat(270) }))],
    ["files that came along", "media", Array.from({ length: 2500 }, () => ({ content_type: null }))],
  ])("have the first of too many: %s", (_, name, all) => {
    const [kept] = keep([message({ [name]: all })], null, BODY).records;
    expect(kept).toMatchObject({ truncated: [name] });
    const some = Object.entries(kept ?? {}).find(([each]) => each === name)?.[1] as unknown[];
    expect(some.length).toBeGreaterThan(300);
    expect(some).toEqual(all.slice(0, some.length));
  });

  it("have the nearest messages of a long thread", () => {
    const references = Array.from({ length: 20_000 }, (_, number) => `<${number}@mail.example.com>`);
    const [kept] = keep([message({ references })], null, BODY).records;
    const some = kept && "references" in kept ? (kept.references ?? []) : [];
    expect(some.length).toBeGreaterThan(1000);
    expect(some).toEqual(references.slice(-some.length));
  });

  it("have a key that fits a row, the same for the same", () => {
    const keyOf = (dedup_key: string) => keep([{ ...status(1), dedup_key }], null, BODY).records[0]?.dedup_key;
    expect(keyOf("k".repeat(1000))).toBe("k".repeat(1000));
    expect(keyOf("k".repeat(1_000_000))).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(keyOf("k".repeat(1_000_000))).toBe(keyOf("k".repeat(1_000_000)));
    expect(keyOf("k".repeat(1_000_000))).not.toBe(keyOf("k".repeat(1_000_001)));
  });

  it("never make an event that is too large for its row, with all fields as long as they may be", () => {
    const worst = "\u0001".repeat(200_000);
    const record = message({
      ...{ channel: "email", message_id: worst, mail_id: worst, from: worst, from_name: worst, subject: worst },
      ...{
        to: Array(9000).fill(worst.slice(0, 500)),
        cc: Array(20_000).fill("a@b"),
        references: Array(9000).fill("<a@b>"),
      },
      ...{ text: worst, html: worst, media: Array(3000).fill({ content_type: worst, filename: worst }) },
    });
    const [kept] = keep([record], null, BODY).records;
    const context = { provider: "postmark", sourceId: "src_1", receiptId: "rcp_1", advanced: false, ticket: null };
    const event = kept && eventOf(kept, { ...context, attachmentUrl: (n) => `https://${"h".repeat(253)}/${n}` });
    expect(new TextEncoder().encode(JSON.stringify(event)).length).toBeLessThan(1_100_000);
    expect(JSON.parse(event?.data ?? "")).toMatchObject({
      truncated: expect.arrayContaining(["message_id", "subject", "to", "cc", "references", "media", "text", "html"]),
    });
  });

  it("may have as many names and addresses as the headers of a mail", () => {
    const to = Array.from({ length: 5000 }, (_, number) => `someone-${number}@example.com`);
    const references = Array.from({ length: 20_000 }, (_, number) => `<${number}@mail.example.com>`);
    expect(keep([message({ channel: "email", to, references })], null, BODY).malformed).toBeNull();
  });

  it("may have a text of any length, of which the beginning is kept", () => {
    const { records } = keep([message({ text: "t".repeat(500_000), html: "h".repeat(500_000) })], null, BODY);
    expect(records).toMatchObject([{ text: "t".repeat(100_000), html: "h".repeat(100_000) }]);
  });

  it("have of an email its text in whole, what is new in it, and what is not", () => {
    const text = "Yes.\n\nOn 26 Mar 2026, at 15:43, Jo <jo@example.com> wrote:\n> No?";
    expect(keep([message({ channel: "email", text })], null, BODY).records).toMatchObject([
      { text, reply: "Yes.", quoted: "On 26 Mar 2026, at 15:43, Jo <jo@example.com> wrote:\n> No?" },
    ]);
    expect(keep([message({ channel: "email", text: " ", html: "<p>Yes.</p>" })], null, BODY).records).toMatchObject([
      { text: "Yes.", html: "<p>Yes.</p>", reply: "Yes.", quoted: null },
    ]);
    expect(keep([message({ channel: "email" })], null, BODY).records).toMatchObject([
      { text: null, reply: null, quoted: null },
    ]);
    expect(keep([message({ channel: "sms", text })], null, BODY).records[0]).not.toHaveProperty("reply");
  });

  it("have of a long email no more in parts than an event shows of the whole", () => {
    const text = `${"r".repeat(50_000)}\n\n${`> ${"q".repeat(97)}\n`.repeat(500)}`;
    const { records } = keep([message({ channel: "email", text })], null, BODY);
    expect(records).toMatchObject([{ reply: "r".repeat(50_000), truncated: expect.arrayContaining(["quoted"]) }]);
    expect(records.map((record) => record.type === "inbound" && record.quoted?.length)).toEqual([10_000]);
  });

  it("have less of an email's parts where an event had no room for them beside the whole", () => {
    const text = "\u0001".repeat(60_000);
    const { records, malformed } = keep([message({ channel: "email", text, html: text })], null, BODY);
    expect(malformed).toBeNull();
    expect(records).toMatchObject([{ text, html: text, truncated: ["reply"] }]);
    const [length = 0] = records.map((record) => (record.type === "inbound" && record.reply?.length) || 0);
    expect(length).toBeGreaterThan(5000);
    // As JSON within JSON a character of these has seven bytes.
    expect(7 * (120_000 + length)).toBeLessThan(1_000_000);
  });

  it("may be about content of any length, which is left out above 60,000 characters of JSON", () => {
    const referral = { body: "r".repeat(60_000) };
    const [short, long] = keep(
      [
        message({ kind: "contacts", content: { a: "c".repeat(59_000) } }),
        message({ kind: "contacts", content: { a: "c".repeat(60_000) }, referral }),
      ],
      null,
      BODY,
    ).records;
    expect(short).toMatchObject({ content: { a: "c".repeat(59_000) } });
    expect(short).not.toHaveProperty("truncated");
    expect(long).toMatchObject({ kind: "contacts", content: null, referral: null, truncated: ["content", "referral"] });
  });

  it("have files that one row of their receipt can tell of, all together", () => {
    const media = Array.from({ length: 150 }, () => ({ content_type: null, url: "u".repeat(900) }));
    const { records } = keep(
      [1, 2, 3, 4, 5].map(() => message({ media })),
      null,
      BODY,
    );
    const files = records.flatMap((record) => (record.type === "inbound" ? record.media : []));
    expect(new TextEncoder().encode(JSON.stringify(files)).length).toBeLessThan(500_000);
    expect(records[0]).toEqual(message({ media }));
    expect(records[4]).toMatchObject({ media: [], truncated: ["media"] });
  });

  it("fit a call together with the body: without their texts, if need be", () => {
    const texts = Array.from({ length: 100 }, (_, n) => message({ text: "ж".repeat(100_000), dedup_key: `${n}` }));
    const whole = keep(texts, null, new Uint8Array(12_000_000)).records;
    expect(whole.every((record) => !("truncated" in record))).toBe(true);
    const { records } = keep(texts, null, new Uint8Array(12_600_000));
    expect(records[0]).toMatchObject({ text: "ж".repeat(100_000) });
    expect(records[99]).toMatchObject({ message_id: "m", text: null, truncated: ["text"] });
  });

  it("are named where there is no room for them, and the others are kept", () => {
    const large = (n: number) => message({ to: Array(1500).fill("ж".repeat(20)), dedup_key: `${n}` });
    const { records, malformed } = keep([large(1), large(2)], null, new Uint8Array(32_500_000 - 100_000));
    expect(malformed).toBeNull();
    expect(records).toMatchObject([
      { type: "inbound", dedup_key: "1" },
      { unread: { member: "[1]", reason: "There is no room for it beside the body." }, alert: true },
    ]);
  });

  it("that could not be read are known by the whole of their callback", () => {
    const keyIn = (body: string, member = "[1]") => {
      const bytes = new TextEncoder().encode(body);
      return keep([unreadMember(member, "no", "null")], null, bytes).records.map((record) => record.dedup_key);
    };
    expect(keyIn("[a,null]")).toEqual(keyIn("[a,null]"));
    expect(keyIn("[b,null]")).not.toEqual(keyIn("[a,null]"));
    expect(keyIn("[a,null]", "[2]")).not.toEqual(keyIn("[a,null]"));
  });

  it("that could not be read are told of by twenty events at most", () => {
    const { records } = keep(
      Array.from({ length: 25 }, (_, n) => unreadMember(`[${n}]`, "no", `${n}`)),
      null,
      BODY,
    );
    const told = records.flatMap((record) => (record.type === "control" && record.alert ? [record.note] : []));
    expect(told).toHaveLength(20);
    expect(told.at(-1)).toBe("[19] could not be read: no (and 5 more, see the receipt)");
  });

  it("have no payload that no event shows beside the body", () => {
    const text = JSON.stringify("p".repeat(180_000));
    const generic: GenericRecord = { type: "generic", event: "e", dedup_key: "k", occurred_at: null, raw: "p", text };
    expect(keep([generic], null, BODY).records).toMatchObject([{ text: null, raw: null, truncated: ["payload"] }]);
  });

  it("keep their provider's own words until those are too many", () => {
    const raw = { words: "w".repeat(49_986) };
    const { records } = keep(many(100, raw), null, BODY);
    const kept = records.filter((record) => "raw" in record && record.raw !== null);
    expect(kept).toHaveLength(KEPT_RAW_IN_ALL / 50_000);
    expect(keep([status(1, "w".repeat(100_001))], null, BODY).records).toMatchObject([{ raw: null }]);
  });

  it("have a payload's text, of the body or of what the provider read it from", () => {
    const text = ' {"id": 12345678901234567890, "2": 1.0, "1": 1e2}\n';
    const raw = jsonOf(text);
    const generic: GenericRecord = { type: "generic", event: "e", dedup_key: "k", occurred_at: null, raw };
    const textOf = (record: GenericRecord, body: string) =>
      keep([record], null, new TextEncoder().encode(body)).records.map((kept) => "text" in kept && kept.text);
    expect(textOf(generic, text)).toEqual([text.trim()]);
    expect(textOf({ ...generic, text }, "payload=%7B")).toEqual([text.trim()]);
    expect(textOf(generic, '{"another":1}')).toEqual([null]);
  });

  it("are weighed once where they share something", () => {
    let reads = 0;
    const shared = Object.defineProperty({}, "name", {
      enumerable: true,
      get: () => {
        reads++;
        return "it";
      },
    });
    keep(
      many(5000, undefined).map((record, id) => ({ ...record, raw: { id, shared } })),
      null,
      BODY,
    );
    expect(reads).toBe(1);
  });
});

it("a callback that could not be read is told of", () => {
  expect(keep([], "It is no JSON.", BODY)).toEqual({
    records: [
      {
        ...{ type: "control", dedup_key: null, alert: true },
        note: "A callback was taken and could not be read: It is no JSON.",
      },
    ],
    malformed: "It is no JSON.",
  });
});
