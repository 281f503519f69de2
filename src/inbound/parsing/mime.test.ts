import { expect, it } from "vitest";
import { latin1 } from "../../../test/inbound/callback.ts";
import { base64, utf8 } from "../../lib/bytes.ts";
import { parseMail } from "./mime.ts";

const mail = (...lines: string[]) => latin1(lines.join("\r\n"));

it("reads a plain mail", async () => {
  const read = await parseMail(
    mail(
      "Message-ID: <3@example.org>",
      "From: =?UTF-8?Q?J=C3=BCrgen?= <j@example.org>",
      'To: "Support, the" <support@example.com>, Team: a@example.com, b@example.com;',
      "Cc: c@example.com",
      "Reply-To: Help <help@example.org>, =?UTF-8?B?w4k=?= <e@example.org>",
      "Sender: Office <office@example.org>",
      "Delivered-To: reply+42@example.com",
      "X-Original-To: in@example.com",
      "Envelope-To: <in@example.com>",
      "Subject: =?ISO-8859-1?Q?Gr=FC=DFe?=",
      "Date: Fri, 27 Mar 2026 09:00:00 +0200",
      "In-Reply-To: <2@example.org>",
      "References: <1@example.org>",
      "\t<2@example.org>",
      "Content-Type: text/plain; charset=iso-8859-1",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "Sch=F6n",
    ),
  );
  expect({ ...read, text: read.text?.trim() }).toEqual({
    message_id: "<3@example.org>",
    from: "j@example.org",
    from_name: "Jürgen",
    to: ["support@example.com", "a@example.com", "b@example.com"],
    cc: ["c@example.com"],
    reply_to: ["help@example.org", "e@example.org"],
    sender: "office@example.org",
    auto: null,
    delivered_to: expect.toSatisfy((all: string[]) => all.toSorted().join() === "in@example.com,reply+42@example.com"),
    subject: "Grüße",
    text: "Schön",
    html: null,
    media: [],
    in_reply_to: "<2@example.org>",
    references: ["<1@example.org>", "<2@example.org>"],
    occurred_at: "2026-03-27T07:00:00.000Z",
  });
});

it("reads text, HTML, and files with their bytes", async () => {
  const png = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const { text, html, media } = await parseMail(
    mail(
      "From: a@example.org",
      "Content-Type: multipart/mixed; boundary=m",
      "",
      "--m",
      "Content-Type: multipart/alternative; boundary=a",
      "",
      "--a",
      "Content-Type: text/plain; charset=shift_jis",
      "Content-Transfer-Encoding: 8bit",
      "",
      "\x93\xfa\x96\x7b\x8c\xea",
      "--a",
      "Content-Type: text/html",
      "",
      '<img src="cid:logo@x">',
      "--a--",
      "--m",
      'Content-Type: image/png; name="x.png"',
      "Content-Disposition: inline; filename*=UTF-8''%C3%A9.png",
      "Content-ID: <logo@x>",
      "Content-Transfer-Encoding: base64",
      "",
      base64(png),
      "--m",
      "Content-Type: message/rfc822",
      "",
      "Subject: within",
      "",
      "not ours",
      "--m--",
    ),
  );
  expect(text?.trim()).toBe("日本語");
  expect(html?.trim()).toBe('<img src="cid:logo@x">');
  expect(media).toEqual([
    { content_type: "image/png", filename: "é.png", content_id: "logo@x", size: 256, bytes: png },
    expect.objectContaining({ content_type: "message/rfc822", bytes: utf8("Subject: within\n\nnot ours\n") }),
  ]);
});

// RFC 2183, 2.3: a file name says that a part is to be kept as a file.
it.each(['Content-Type: text/plain; name="log.txt"', "Content-Disposition: inline; filename=log.txt"])(
  "takes a text with a file name for a file: %s",
  async (header) => {
    const { text, media } = await parseMail(
      mail(
        "Content-Type: multipart/mixed; boundary=m",
        "",
        "--m",
        "Content-Type: text/plain",
        "",
        "Hello",
        "--m",
        header,
        "",
        "log",
        "--m--",
      ),
    );
    expect(text?.trim()).toBe("Hello");
    expect(media).toMatchObject([{ content_type: "text/plain", filename: "log.txt" }]);
  },
);

it("reads a mail that says next to nothing", async () => {
  expect(await parseMail(utf8(""))).toMatchObject({ message_id: null, from: null, to: [], media: [], references: [] });
});

it("refuses what is nested without end", async () => {
  const depth = 300;
  const open = Array.from(
    { length: depth },
    (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}`,
  );
  await expect(parseMail(utf8(`${open.join("\r\n")}\r\n\r\nx`))).rejects.toMatchObject({ name: "MalformedCallback" });
});

it.each([
  // RFC 6532 has UTF-8; what is none of that is of the encoding that most older mailers have used.
  ["UTF-8", new TextEncoder().encode("Größe – 日本"), "Größe – 日本"],
  ["windows-1252", Uint8Array.from([0x47, 0x72, 0xf6, 0xdf, 0x65, 0x20, 0x96]), "Größe –"],
])("reads headers with bytes of %s, of the mail and of its files", async (_, bytes, text) => {
  const utf8 = new TextEncoder();
  const pieces = [
    utf8.encode("From: a@example.com\r\nSubject: "),
    bytes,
    utf8.encode(
      "\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n--b\r\nContent-Type: image/png\r\n",
    ),
    utf8.encode('Content-Disposition: attachment; filename="'),
    bytes,
    utf8.encode('"\r\n\r\nx\r\n--b--\r\n'),
  ];
  const mail = await parseMail(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
  expect(mail.subject).toBe(text);
  expect(mail.media).toMatchObject([{ filename: text }]);
});

it("reads headers without an encoding as the text beside them is written", async () => {
  // By hand from KOI8-R's table: RFC 1489.
  const head =
    "From: a@example.com\r\nSubject: \xf0\xd2\xc9\xd7\xc5\xd4\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xc4\xc1\r\n";
  const mail = await parseMail(Uint8Array.from(head, (character) => character.charCodeAt(0)));
  expect(mail).toMatchObject({ subject: "Привет", text: "да\n" });
});

it("reads a page by the charset that it names itself", async () => {
  const page = '<html><meta http-equiv="Content-Type" content="text/html; charset=koi8-r">\xc4\xc1</html>';
  const raw = `From: a@example.com\r\nContent-Type: text/html\r\n\r\n${page}\r\n`;
  const mail = await parseMail(Uint8Array.from(raw, (character) => character.charCodeAt(0)));
  expect(mail.html).toContain("да");
});

it("takes CR alone for the end of a line, where there is no other", async () => {
  const raw = "From: a@example.com\rSubject: hi\rMessage-ID: <1@example.com>\r\rHello\r";
  expect(await parseMail(new TextEncoder().encode(raw))).toMatchObject({
    ...{ from: "a@example.com", subject: "hi", message_id: "<1@example.com>", text: "Hello\n" },
  });
});
