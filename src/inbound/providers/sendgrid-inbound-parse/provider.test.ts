import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { at, callback, latin1, sendgridHeaders, sourceWith } from "../../../../test/inbound/callback.ts";
import { utf8 } from "../../../lib/bytes.ts";
import { concat } from "../../signatures/hmac.ts";
import { P256_PUBLIC } from "../fixtures.ts";
import { sendgridInboundParse } from "./provider.ts";

const TYPE = { "Content-Type": "multipart/form-data; boundary=xYzZY" };
const TIME = "1760000000";

const field = (name: string, value: string | Uint8Array, more = "") =>
  concat(`--xYzZY\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`, value, "\r\n");
const mail = (...fields: Uint8Array[]) => concat(...fields, "--xYzZY--\r\n");
const ENVELOPE = field("envelope", '{"to":["in@parse.example.com"],"from":"bounces@example.org"}');
const FROM = field("from", "Jane Doe <jane@example.org>");
const MINIMAL = mail(FROM, ENVELOPE);

const keyed = sourceWith({ public_key: P256_PUBLIC });
const unsigned = sourceWith({}, { allow_unsigned: true });
const normalise = (body: Uint8Array) => sendgridInboundParse.normalise(callback(body, TYPE), unsigned);
const verify = (request = callback(MINIMAL, TYPE), source = keyed) =>
  sendgridInboundParse.verify(request, source, at(Number(TIME)));

describe("verification", () => {
  const binary = mail(FROM, ENVELOPE, field("attachment1", Uint8Array.of(0xff, 0xd8, 0, 0x0d), '; filename="a.jpg"'));

  it("is over the raw bytes, text or not", async () => {
    const headers = sendgridHeaders(binary, TIME);
    expect(await verify(callback(binary, { ...TYPE, ...headers }))).toBe("verified");
    expect(await verify(callback(MINIMAL, { ...TYPE, ...headers }))).toBe("bad_signature");
    // As text it is another.
    const decoded = new TextDecoder().decode(binary);
    expect(await verify(callback(decoded, { ...TYPE, ...headers }))).toBe("bad_signature");
  });

  it("lets nothing pass unsigned with a key, whatever is allowed", async () => {
    expect(await verify()).toBe("missing_signature");
    const both = sourceWith({ public_key: P256_PUBLIC }, { allow_unsigned: true });
    expect(await verify(callback(MINIMAL, TYPE), both)).toBe("missing_signature");
  });

  it("lets everything pass without a key only where that is allowed", async () => {
    const signed = callback(MINIMAL, { ...TYPE, ...sendgridHeaders(MINIMAL, TIME) });
    expect(await verify(callback(MINIMAL, TYPE), unsigned)).toBe("verified");
    for (const options of [{}, { allow_unsigned: false }]) {
      expect(await verify(signed, sourceWith({}, options))).toBe("missing_signature");
    }
  });
});

describe("a parsed mail", () => {
  it("has its fields, and its envelope's addresses", async () => {
    const headers = [
      "Received: by x",
      "Message-ID: <3@example.org>",
      "Reply-To: Help <help@example.org>",
      "Sender: office@example.org",
      "X-Original-To: reply+42@example.com",
      "In-Reply-To: <2@example.com>",
      "References: <1@example.com>\n <2@example.com>",
      "Date: Tue, 9 Oct 2018 03:15:50 +0000 (UTC)",
      "",
    ].join("\n");
    const body = mail(
      field("headers", headers),
      field("dkim", "{@example.org : pass}"),
      field("to", "Support <support@example.com>, reply+42@example.com"),
      field("cc", "c@example.com, D <d@example.com>"),
      FROM,
      field("text", "hello"),
      field("html", "<p>hello</p>"),
      field("subject", "Re: x"),
      ENVELOPE,
      field("attachments", "0"),
    );
    expect(await normalise(body)).toEqual([
      {
        type: "inbound",
        channel: "email",
        message_id: "<3@example.org>",
        from: "jane@example.org",
        from_name: "Jane Doe",
        to: ["support@example.com", "reply+42@example.com"],
        envelope: { from: "bounces@example.org", to: ["in@parse.example.com"] },
        reply_to: ["help@example.org"],
        sender: "office@example.org",
        authentication: { spf: null, dkim: [{ result: "pass", domain: "example.org" }], dmarc: null },
        auto: null,
        delivered_to: ["reply+42@example.com"],
        cc: ["c@example.com", "d@example.com"],
        subject: "Re: x",
        text: "hello",
        html: "<p>hello</p>",
        media: [],
        in_reply_to: "<2@example.com>",
        references: ["<1@example.com>", "<2@example.com>"],
        occurred_at: "2018-10-09T03:15:50.000Z",
        dedup_key: "<3@example.org>|in@parse.example.com",
        raw: expect.objectContaining({ dkim: "{@example.org : pass}", attachments: "0" }),
      },
    ]);
  });

  it("is decoded field by field", async () => {
    const body = mail(
      FROM,
      ENVELOPE,
      field("subject", latin1("Gr\xfc\xdfe")),
      field("text", latin1("\x93\xfa\x96\x7b\x8c\xea")),
      field("html", "Grüße"),
      field("charsets", '{"subject":"iso-8859-1","text":"Shift_JIS","html":"x-unheard-of"}'),
    );
    expect(await normalise(body)).toMatchObject([{ subject: "Grüße", text: "日本語", html: "Grüße" }]);
  });

  it("is decoded by labels that only mailers write", async () => {
    const body = mail(
      FROM,
      ENVELOPE,
      field("subject", latin1("caf\x82")),
      field("text", latin1("\x93\xfa\x96\x7b")),
      field("html", latin1("\xcf\xf0")),
      field("charsets", '{"subject":"cp850","text":"cp932","html":"win-1251"}'),
    );
    expect(await normalise(body)).toMatchObject([{ subject: "café", text: "日本", html: "Пр" }]);
  });

  it("brings its files", async () => {
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const body = mail(
      FROM,
      ENVELOPE,
      field("attachment-info", '{"attachment1":{"filename":"é.bin","type":"x/y","content-id":"one@x"}}'),
      field("content-ids", '{"two@x":"attachment2"}'),
      field("attachment1", every, '; filename="e.bin"\r\nContent-Type: application/octet-stream'),
      field("attachment2", "plain", '; filename="b.txt"\r\nContent-Type: text/plain'),
      field("attachment3", "", '; filename="c"'),
    );
    const [record] = await normalise(body);
    expect(record).toMatchObject({
      media: [
        { content_type: "x/y", filename: "é.bin", content_id: "one@x", size: 256, bytes: every },
        { content_type: "text/plain", filename: "b.txt", content_id: "two@x", size: 5, bytes: utf8("plain") },
        { content_type: null, filename: "c", size: 0 },
      ],
    });
    expect(Object.keys((record as { raw: object }).raw)).not.toContain("attachment1");
  });

  it("is known by its bytes where it has no id, and by its headers where it has no envelope", async () => {
    const sha256 = createHash("sha256").update(MINIMAL).digest("hex");
    expect(await normalise(MINIMAL)).toMatchObject([{ dedup_key: sha256, message_id: null, text: null, html: null }]);
    const bare = mail(FROM, field("to", "Support <in@example.com>"), field("envelope", "no JSON"));
    expect(await normalise(bare)).toMatchObject([{ from: "jane@example.org", to: ["in@example.com"] }]);
    const fromNobody = mail(FROM, field("envelope", '{"to":["in@example.com"],"from":""}'));
    expect(await normalise(fromNobody)).toMatchObject([{ from: "jane@example.org", envelope: { from: null } }]);
    const fromNoneAtAll = mail(field("envelope", '{"to":["in@example.com"],"from":""}'));
    expect(await normalise(fromNoneAtAll)).toMatchObject([{ from: null, to: ["in@example.com"] }]);
  });

  // Gmail forwards with an envelope of its own: https://support.google.com/mail/answer/10957
  it("is by whom its From names, behind a forward", async () => {
    const forward = '{"to":["in@example.com"],"from":"support+caf_=help=in.example.com@company.example"}';
    expect(await normalise(mail(FROM, field("envelope", forward)))).toMatchObject([
      {
        from: "jane@example.org",
        from_name: "Jane Doe",
        envelope: { from: "support+caf_=help=in.example.com@company.example", to: ["in@example.com"] },
      },
    ]);
  });

  it("is malformed without sender or recipient, or in another form", async () => {
    for (const request of [
      callback(mail(ENVELOPE.subarray(0, 0), FROM), TYPE),
      callback(mail(field("text", "x")), TYPE),
      callback("{}", { "Content-Type": "application/json" }),
      callback("", TYPE),
    ]) {
      await expect(sendgridInboundParse.normalise(request, unsigned)).rejects.toMatchObject({
        name: "MalformedCallback",
      });
    }
  });
});

it("a raw mail is parsed", async () => {
  const email = latin1(
    [
      "Message-ID: <3@example.org>",
      "From: J <jane@example.org>",
      "To: support@example.com",
      "Subject: raw",
      "MIME-Version: 1.0",
      "Content-Type: multipart/mixed; boundary=xYzZYinner",
      "",
      "--xYzZYinner",
      "Content-Type: text/plain; charset=iso-8859-1",
      "Content-Transfer-Encoding: 8bit",
      "",
      "Gr\xfc\xdfe",
      "--xYzZYinner",
      "Content-Type: application/pdf",
      "Content-Disposition: attachment; filename=a.pdf",
      "Content-Transfer-Encoding: base64",
      "",
      "AP/+",
      "--xYzZYinner--",
    ].join("\r\n"),
  );
  const [record] = await normalise(mail(FROM, field("to", "support@example.com"), ENVELOPE, field("email", email)));
  expect(record).toMatchObject({
    from: "jane@example.org",
    from_name: "J",
    to: ["support@example.com"],
    envelope: { from: "bounces@example.org", to: ["in@parse.example.com"] },
    subject: "raw",
    message_id: "<3@example.org>",
    dedup_key: "<3@example.org>|in@parse.example.com",
    media: [{ content_type: "application/pdf", filename: "a.pdf", size: 3, bytes: Uint8Array.of(0, 255, 254) }],
  });
  expect((record as { text: string }).text.trim()).toBe("Grüße");
  expect((record as { raw: object }).raw).not.toHaveProperty("email");
});
