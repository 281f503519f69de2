import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { at, callback, formCallback, jsonCallback, latin1, sourceWith } from "../../../../test/inbound/callback.ts";
import { concat } from "../../signatures/hmac.ts";
import { mailgun } from "./provider.ts";

const KEY = "WEBHOOK_SIGNING_KEY";
const TIME = 1529006854;
const source = sourceWith({ signing_key: KEY });

const mark = (token = "token", timestamp = String(TIME), key = KEY) => ({
  timestamp,
  token,
  signature: createHmac("sha256", key)
    .update(timestamp + token)
    .digest("hex"),
});
const event = (more: object = {}, signature: object = mark()) =>
  jsonCallback({ signature, "event-data": { event: "opened", ...more } });
const verify = (request = event(), from = source, now = TIME, seen: string[] = []) =>
  mailgun.verify(request, from, at(now, new Set(seen)));
const statusOf = async (more: object) => (await mailgun.normalise(event(more), source))[0];

describe("verification", () => {
  it("takes the signature in either case, by either of two keys", async () => {
    const upper = { ...mark(), signature: mark().signature.toUpperCase() };
    expect(await verify(event({}, upper))).toBe("verified");
    expect(await verify(event(), sourceWith({ signing_key: ["other", KEY] }))).toBe("verified");
    expect(await verify(event(), sourceWith({ signing_key: "other" }))).toBe("bad_signature");
  });

  it("takes a timestamp that is a number", async () => {
    expect(await verify(event({}, { ...mark(), timestamp: TIME }))).toBe("verified");
  });

  it("refuses another token, another time, and what is no signature", async () => {
    for (const change of [{ token: "other" }, { timestamp: "1529006855" }, { signature: "zz" }, { signature: "00" }]) {
      expect(await verify(event({}, { ...mark(), ...change }))).toBe("bad_signature");
    }
  });

  it("finds no signature where a part of it is missing", async () => {
    for (const signature of [{}, { ...mark(), token: "" }, { ...mark(), signature: undefined }]) {
      expect(await verify(event({}, signature))).toBe("missing_signature");
    }
    expect(await verify(jsonCallback([]))).toBe("missing_signature");
    expect(await verify(callback("{"))).toBe("malformed");
  });

  it("takes a signature for a day, and each token once", async () => {
    expect(await verify(event(), source, TIME + 86_400)).toBe("verified");
    expect(await verify(event(), source, TIME + 86_401)).toBe("stale");
    expect(await verify(event({}, mark("token", "soon")))).toBe("stale");
    expect(await verify(event(), source, TIME, ["token"])).toBe("replayed");
    const patient = sourceWith({ signing_key: KEY }, { tolerance: 0 });
    expect(await verify(event(), patient, TIME + 1_000_000)).toBe("verified");
  });

  it("takes a parent account's signature, and then remembers the token of that", async () => {
    const own = mark("own", String(TIME), "a subaccount's");
    const both = jsonCallback({
      signature: own,
      "parent-signature": mark("parents"),
      "event-data": { event: "opened" },
    });
    expect(await verify(both)).toBe("verified");
    expect(await verify(both, source, TIME, ["parents"])).toBe("replayed");
    expect(await mailgun.normalise(both, source)).toMatchObject([{ dedup_key: "parents" }]);
  });

  it("takes the last value of each field of a form", async () => {
    const fields = Object.entries(mark());
    const before: [string, string][] = [
      ["timestamp", "1"],
      ["token", "x"],
      ["signature", "y"],
    ];
    expect(await verify(formCallback([...before, ...fields]))).toBe("verified");
    expect(await verify(formCallback([...fields, ...before]))).toBe("bad_signature");
  });

  it("refuses for good", () => {
    for (const verdict of ["missing_signature", "bad_signature", "stale", "replayed", "malformed"] as const) {
      expect(mailgun.refuse(verdict)).toEqual({ status: 406 });
    }
  });
});

describe("an event", () => {
  it("is told", async () => {
    const more = {
      id: "only unique within a day",
      event: "delivered",
      timestamp: 1521472262.908181,
      recipient: "alice@example.com",
      message: { headers: { "message-id": "2013@example.com" } },
      "delivery-status": { code: 250, message: "OK" },
    };
    expect(await statusOf(more)).toEqual({
      type: "status",
      channel: "email",
      status: "delivered",
      message_id: "2013@example.com",
      recipient: "alice@example.com",
      occurred_at: "2018-03-19T15:11:02.908Z",
      dedup_key: "token",
      raw: more,
    });
  });

  it.each([
    [{ event: "accepted" }, { status: "queued" }],
    [
      { event: "rejected", reject: { reason: "Infected" } },
      { status: "dropped", error: { code: null, text: "Infected" } },
    ],
    [
      { event: "failed", severity: "temporary", reason: "generic", "delivery-status": { code: 451, message: "later" } },
      { status: "deferred", error: { code: "451", text: "later" } },
    ],
    [
      { event: "failed", severity: "permanent", reason: "bounce", "delivery-status": { code: 550, message: "no" } },
      { status: "bounced", soft: false, error: { code: "550", text: "no" } },
    ],
    [{ event: "failed", severity: "permanent", reason: "suppress-complaint" }, { status: "dropped" }],
    [
      { event: "failed", severity: "permanent", reason: "old", "delivery-status": { code: 602 } },
      { status: "dropped" },
    ],
    [{ event: "complained" }, { status: "complained" }],
    [{ event: "unsubscribed" }, { status: "unsubscribed" }],
    [{ event: "clicked" }, { status: "clicked" }],
  ])("%o is taken", async (more, record) => {
    expect(await statusOf(more)).toMatchObject({ type: "status", ...record });
  });

  it("that has no status is ignored", async () => {
    for (const name of ["stored", "list_uploaded", "toString", undefined]) {
      expect(await statusOf({ event: name })).toMatchObject({ type: "ignored", dedup_key: "token" });
    }
  });

  it("without a signature is malformed", async () => {
    await expect(mailgun.normalise(jsonCallback({}), source)).rejects.toMatchObject({ name: "MalformedCallback" });
  });
});

describe("a mail", () => {
  const headers = [
    ["Message-Id", "<3@example.org>"],
    ["In-Reply-To", "<2@example.com>"],
    ["References", "<1@example.com> <2@example.com>"],
    ["Cc", "C <c@example.com>"],
  ];
  const fields: [string, string][] = [
    ["recipient", "in@example.com"],
    ["sender", "bounces@example.org"],
    ["from", '"Jane Doe" <jane@example.org>'],
    ["subject", "Re: x"],
    ["body-plain", "hello"],
    ["message-headers", JSON.stringify(headers)],
    ...Object.entries(mark()),
  ];
  const record = {
    type: "inbound",
    channel: "email",
    message_id: "<3@example.org>",
    from: "jane@example.org",
    from_name: "Jane Doe",
    to: ["in@example.com"],
    envelope: { from: "bounces@example.org", to: ["in@example.com"] },
    reply_to: [],
    sender: null,
    auto: null,
    delivered_to: [],
    cc: ["c@example.com"],
    subject: "Re: x",
    text: "hello",
    html: null,
    media: [],
    in_reply_to: "<2@example.com>",
    references: ["<1@example.com>", "<2@example.com>"],
    occurred_at: "2018-06-14T20:07:34.000Z",
    dedup_key: "<3@example.org>|in@example.com",
  };

  it("is told", async () => {
    const raw = Object.fromEntries(fields);
    expect(await mailgun.normalise(formCallback(fields), source)).toEqual([{ ...record, raw }]);
  });

  const multipart = (parts: [string, string | Uint8Array, string?][]) =>
    callback(
      concat(
        ...parts.flatMap(([name, value, more = ""]) => [
          `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`,
          value,
          "\r\n",
        ]),
        "--b--\r\n",
      ),
      { "Content-Type": "multipart/form-data; boundary=b" },
    );

  it("brings its files, and text in other charsets", async () => {
    const request = multipart([
      ["token", "shadow"],
      ...fields,
      ["body-html", latin1("<p>Gr\xfc\xdfe"), "\r\nContent-Type: text/html; charset=iso-8859-1"],
      ["content-id-map", '{"<logo@x>":"attachment-1"}'],
      ["attachment-1", Uint8Array.of(0, 255, 13, 10), '; filename="logo.png"\r\nContent-Type: image/png'],
      ["attachment-2", "x", '; filename="b.txt"'],
    ]);
    expect(await verify(request)).toBe("verified");
    expect(await mailgun.normalise(request, source)).toMatchObject([
      {
        ...record,
        html: "<p>Grüße",
        media: [
          {
            content_type: "image/png",
            filename: "logo.png",
            content_id: "logo@x",
            size: 4,
            bytes: Uint8Array.of(0, 255, 13, 10),
          },
          { content_type: null, filename: "b.txt", size: 1 },
        ],
      },
    ]);
  });

  it("that is stored tells where its files are", async () => {
    const files = [{ url: "https://storage.example/1", "content-type": "a/b", name: "f", size: 3 }];
    expect(
      await mailgun.normalise(formCallback([...fields, ["attachments", JSON.stringify(files)]]), source),
    ).toMatchObject([{ media: [{ url: "https://storage.example/1", content_type: "a/b", filename: "f", size: 3 }] }]);
  });

  it("may come raw", async () => {
    const mime = "Message-ID: <9@example.org>\r\nFrom: R <r@example.org>\r\nSubject: raw\r\n\r\nhello";
    const [got] = await mailgun.normalise(formCallback([...fields, ["body-mime", mime]]), source);
    expect(got).toMatchObject({
      from: "r@example.org",
      subject: "raw",
      to: ["in@example.com"],
      dedup_key: "<9@example.org>|in@example.com",
    });
    expect((got as { raw: object }).raw).not.toHaveProperty("body-mime");
  });

  it("may come raw in bytes that are no UTF-8", async () => {
    const type = "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit";
    const request = multipart([...fields, ["body-mime", latin1(`From: r@example.org\r\n${type}\r\n\r\nGr\xfc\xdfe`)]]);
    expect(await mailgun.normalise(request, source)).toMatchObject([{ text: expect.stringMatching(/^Grüße\s*$/) }]);
  });

  it("is known by its token where it has no id, and from its envelope where no From is told", async () => {
    const bare: [string, string][] = [
      ["recipient", "in@example.com"],
      ["sender", "s@x.example"],
      ...Object.entries(mark()),
    ];
    expect(await mailgun.normalise(formCallback(bare), source)).toMatchObject([
      { dedup_key: "token", from: "s@x.example", from_name: null },
    ]);
  });

  it("is malformed without sender or recipient; an event in the old form is ignored", async () => {
    const bare = Object.entries(mark());
    await expect(mailgun.normalise(formCallback(bare), source)).rejects.toMatchObject({ name: "MalformedCallback" });
    const old = formCallback([["event", "delivered"], ["recipient", "a@x.example"], ...bare]);
    expect(await mailgun.normalise(old, source)).toMatchObject([{ type: "ignored", dedup_key: "token" }]);
  });
});

it("takes no empty key", () => {
  const { error } = mailgun.credentials.safeParse({ signing_key: "" });
  expect(error?.issues[0]?.message).toBe("It must not be empty");
});
