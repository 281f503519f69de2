import { describe, expect, it } from "vitest";
import type { Json } from "../catalogue/event-type.ts";
import { KEPT_RAW_IN_ALL, keep, MAX_RECORDS } from "./keeping.ts";
import type { GenericRecord, InboundRecord, StatusRecord } from "./provider.ts";
import { jsonOf } from "./reading/json-callback.ts";

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

  it("are ten thousand at most", () => {
    expect(keep(many(MAX_RECORDS), null, BODY).records).toHaveLength(MAX_RECORDS);
    const { records, malformed } = keep(many(MAX_RECORDS + 1), null, BODY);
    expect(malformed).toBe("It tells of more than 10000 things.");
    expect(records).toEqual([expect.objectContaining({ type: "control", alert: true })]);
  });

  it.each<[string, StatusRecord | InboundRecord]>([
    ["an id", { ...status(1), message_id: "i".repeat(1_000_000) }],
    ["a key", { ...status(1), dedup_key: "k".repeat(1_000_000) }],
    ["an error", { ...status(1), error: { code: null, text: "\u0000".repeat(143_000) } }],
    ["recipients", message({ to: Array.from({ length: 20_000 }, (_, number) => `${number}${"n".repeat(70)}`) })],
    ["files", message({ media: Array.from({ length: 5000 }, () => ({ content_type: null, url: "u".repeat(270) })) })],
    ["files that came along", message({ media: Array.from({ length: 2500 }, () => ({ content_type: null })) })],
    ["a name", message({ from_name: "ü".repeat(500_000) })],
  ])("are none that an event cannot hold, for %s", (_, record) => {
    expect(keep([record], null, BODY).malformed).toBe("One thing in it is more than an event holds.");
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
    expect(short).not.toHaveProperty("content_omitted");
    expect(long).toMatchObject({ kind: "contacts", content: null, referral: null, content_omitted: true });
  });

  it("have files that one row of their receipt can tell of", () => {
    const named = (length: number) => message({ media: [{ content_type: null, filename: "f".repeat(length) }] });
    expect(
      keep(
        [1, 2, 3].map(() => named(300_000)),
        null,
        BODY,
      ).malformed,
    ).toBeNull();
    expect(
      keep(
        [1, 2, 3, 4].map(() => named(300_000)),
        null,
        BODY,
      ).malformed,
    ).toBe("Its files are more than a receipt tells of.");
  });

  it("fit a call together with the body", () => {
    const texts = Array.from({ length: 100 }, () => message({ text: "t".repeat(100_000) }));
    expect(keep(texts, null, new Uint8Array(12_000_000)).malformed).toBeNull();
    expect(keep(texts, null, new Uint8Array(12_600_000)).malformed).toBe(
      "It tells of more than can be kept beside it.",
    );
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
