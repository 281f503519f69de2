import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { at, callback, jsonCallback, sendgridHeaders, sourceWith } from "../../../../test/inbound/callback.ts";
import { P256_PUBLIC } from "../fixtures.ts";
import { sendgrid } from "./provider.ts";

/** The wire's form: events glued with CRLF, one more at the end, and escapes that a new print would not make. */
const BODY =
  '[{"email":"a@example.com","event":"open","sg_event_id":"one","timestamp":1600112492,"useragent":"\\u003cb\\u003e"},\r\n' +
  '{"email":"a@example.com","event":"click","sg_event_id":"two","timestamp":1600112493,"url":"https:\\/\\/x.example"}]\r\n';
const TIME = 1600112502;
const SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature";
const TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp";

const source = sourceWith({ public_key: P256_PUBLIC });
const signed = (body = BODY, timestamp = String(TIME)) => callback(body, sendgridHeaders(body, timestamp));
const verify = (request = signed(), from = source, now = TIME) => sendgrid.verify(request, from, at(now));
const normalise = (events: unknown) => sendgrid.normalise(jsonCallback(events), source);

describe("an event webhook of SendGrid", () => {
  it("is verified over its raw bytes, many times with new signatures", async () => {
    // Of random signatures half need a leading zero for r, half for s, and one in 128 has a short integer.
    for (let round = 0; round < 300; round++) expect(await verify(signed(BODY, String(TIME + round)))).toBe("verified");
  });

  it.each([
    ["printed anew", JSON.stringify(JSON.parse(BODY))],
    ["trimmed", BODY.trimEnd()],
    ["with a byte more", `${BODY} `],
  ])("is refused %s", async (_, body) => {
    expect(await verify({ ...signed(), body: callback(body).body })).toBe("bad_signature");
  });

  it("is refused with another timestamp, or what is no signature", async () => {
    for (const [name, value] of [
      [TIMESTAMP, String(TIME + 1)],
      [SIGNATURE, "no base64!"],
      [SIGNATURE, "MAA="],
      [SIGNATURE, Buffer.alloc(64, 1).toString("base64")],
    ] as const) {
      const request = signed();
      request.headers.set(name, value);
      expect(await verify(request)).toBe("bad_signature");
    }
  });

  it("is unsigned without either header", async () => {
    for (const name of [SIGNATURE, TIMESTAMP]) {
      const request = signed();
      request.headers.delete(name);
      expect(await verify(request)).toBe("missing_signature");
    }
    expect(sendgrid.refuse("missing_signature").status).toBe(401);
    expect(sendgrid.refuse("bad_signature").status).toBe(403);
  });

  it("is verified with either of two keys, one of them in PEM", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const other = publicKey.export({ type: "spki", format: "pem" }).toString();
    for (const keys of [
      [other, P256_PUBLIC],
      [P256_PUBLIC, other],
    ]) {
      expect(await verify(signed(), sourceWith({ public_key: keys }))).toBe("verified");
    }
    expect(await verify(signed(), sourceWith({ public_key: other }))).toBe("bad_signature");
  });

  it("may be as old as it likes, unless a tolerance is set", async () => {
    const strict = sourceWith({ public_key: P256_PUBLIC }, { tolerance: 60 });
    expect(await verify(signed(), source, TIME + 1_000_000)).toBe("verified");
    expect(await verify(signed(), strict, TIME + 60)).toBe("verified");
    expect(await verify(signed(), strict, TIME + 61)).toBe("stale");
    expect(await verify(signed(), strict, TIME - 61)).toBe("stale");
    expect(await verify(signed(BODY, "soon"), strict)).toBe("stale");
  });

  it("gives one record an event", async () => {
    expect(await sendgrid.normalise(signed(), source)).toEqual([
      {
        type: "status",
        channel: "email",
        status: "opened",
        message_id: null,
        recipient: "a@example.com",
        occurred_at: "2020-09-14T19:41:32.000Z",
        dedup_key: "one",
        raw: JSON.parse(BODY)[0],
      },
      expect.objectContaining({ status: "clicked", dedup_key: "two", raw: JSON.parse(BODY)[1] }),
    ]);
  });

  it.each([
    [
      { event: "bounce", type: "bounce", status: "5.1.1", reason: "no" },
      { status: "bounced", soft: false, error: { code: "5.1.1", text: "no" } },
    ],
    [
      { event: "bounce", type: "blocked", reason: "no" },
      { status: "bounced", soft: true, error: { code: null, text: "no" } },
    ],
    [
      { event: "dropped", reason: "Bounced Address" },
      { status: "dropped", error: { code: null, text: "Bounced Address" } },
    ],
    [
      { event: "deferred", response: "400 later" },
      { status: "deferred", error: { code: null, text: "400 later" } },
    ],
    [{ event: "spamreport" }, { status: "complained" }],
    [{ event: "unsubscribe" }, { status: "unsubscribed" }],
    [{ event: "group_unsubscribe" }, { status: "unsubscribed" }],
    [
      { event: "processed", sg_message_id: "a.b.c.0" },
      { status: "sent", message_id: "a" },
    ],
  ])("takes %o", async (event, record) => {
    expect(await normalise([{ sg_event_id: "x", ...event }])).toMatchObject([{ type: "status", ...record }]);
  });

  it("trusts no custom argument", async () => {
    const [record] = await normalise([
      {
        event: "delivered",
        sg_event_id: "x",
        status: "bounced",
        reason: "mine",
        soft: true,
        type: "blocked",
        message_id: "y",
      },
    ]);
    expect(record).toMatchObject({ status: "delivered", message_id: null, recipient: null, occurred_at: null });
    expect(record).not.toHaveProperty("error");
    expect(record).not.toHaveProperty("soft");
  });

  it("keeps what has no status as ignored, and the rest of the batch", async () => {
    expect(
      await normalise([
        { event: "group_resubscribe", sg_event_id: "a" },
        { event: "constructor", sg_event_id: "b" },
        { sg_event_id: "c" },
        "d",
        { event: "delivered", sg_event_id: "e" },
      ]),
    ).toMatchObject([
      { type: "ignored", dedup_key: "a" },
      { type: "ignored", dedup_key: "b" },
      { type: "ignored", dedup_key: "c" },
      { type: "control", alert: true, unread: { member: "[3]", reason: "It is no event" } },
      { type: "status", dedup_key: "e" },
    ]);
    expect(await normalise([])).toMatchObject([{ type: "ignored" }]);
  });

  it("is malformed where it is no list", async () => {
    for (const body of ["", "{", '{"event":"open"}', "null"]) {
      await expect(sendgrid.normalise(callback(body), source)).rejects.toMatchObject({ name: "MalformedCallback" });
    }
  });
});

it("takes no key that is none, nor a third", () => {
  for (const public_key of ["", "abc", [], [P256_PUBLIC, P256_PUBLIC, P256_PUBLIC], undefined]) {
    expect(sendgrid.credentials.safeParse({ public_key }).success).toBe(false);
  }
  expect(sendgrid.credentials.safeParse({ public_key: "abc" }).error?.issues[0]?.message).toContain("P-256");
  expect(sendgrid.options.safeParse({ tolerance: 0, more: 1 }).success).toBe(false);
});
