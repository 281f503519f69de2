import { describe, expect, it } from "vitest";
import { utf8 } from "../../lib/bytes.ts";
import { decodeText } from "./charset.ts";
import { parseMail } from "./mime.ts";

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

// By hand from the code pages' tables at https://www.unicode.org/Public/MAPPINGS/.
const LABELS: readonly (readonly [label: string, bytes: string, text: string])[] = [
  ["cp932", "\x93\xfa\x96\x7b", "日本"],
  ["x-sjis", "\x93\xfa\x96\x7b", "日本"],
  ["cp936", "\xc4\xe3\xba\xc3", "你好"],
  ["cp949", "\xc7\xd1", "한"],
  ["ks_c_5601-1987", "\xc7\xd1", "한"],
  ["cp950", "\xa4\xa4", "中"],
  ["cp874", "\xa1", "ก"],
  ["latin-1", "caf\xe9", "café"],
  ["iso8859_1", "caf\xe9", "café"],
  ["CP-1252", "\x80 caf\xe9", "€ café"],
  ["cp-850", "caf\x82", "café"],
  ["cp850", "Stra\xe1e", "Straße"],
  ["cp437", "\x84\xe1", "äß"],
  ["ibm852", "\xa5", "ą"],
  ["cp858", "\xd5", "€"],
  ["mac-roman", "caf\x8e", "café"],
  ["x-mac-cyrillic", "\x80", "А"],
  ["win-1251", "\xcf\xf0", "Пр"],
  ["SJIS-win", "\x93\xfa\x96\x7b", "日本"],
  ["cp943", "\x93\xfa\x96\x7b", "日本"],
  ["ISO2022-JP", "\x1b$BF|K\\\x1b(B", "日本"],
  ["iso-2022-jp-ms", "\x1b$BF|K\\\x1b(B", "日本"],
  ["eucJP-win", "\xc6\xfc\xcb\xdc", "日本"],
  ["x-windows-949", "\xc7\xd1", "한"],
  ["big5hkscs", "\xa4\xa4", "中"],
  ["gb2312-80", "\xc4\xe3\xba\xc3", "你好"],
  ["latin9", "\xa4", "€"],
  ["mac", "caf\x8e", "café"],
  // RFC 2152's own examples: https://www.rfc-editor.org/rfc/rfc2152
  ["utf-7", "A+ImIDkQ.", "A≢Α."],
  ["UNICODE-1-1-UTF-7", "Hi Mom -+Jjo--!", "Hi Mom -☺-!"],
  ["utf7", "+ZeVnLIqe-", "日本語"],
  // What is no shift stays.
  ["utf-7", "C++ 1+1=2 ab+cd +AKM", "C++ 1+1=2 ab+cd £"],
  // RFC 1557 and RFC 1843; the characters by hand from KS X 1001 and GB 2312.
  ["ISO-2022-KR", "\x1b$)C\nA \x0eGQ\x0f!", "\nA 한!"],
  ["HZ-GB-2312", "A ~{VPND~}! ~~ a~\nb", "A 中文! ~ ab"],
  ["utf-7", "Item 3 is +AKM-1, 1 +- 1.", "Item 3 is £1, 1 + 1."],
];

describe.each(LABELS)("%s", (label, bytes, text) => {
  it("is read wherever bytes are", () => {
    expect(decodeText(latin1(bytes), label)).toBe(text);
  });

  it("is read in a raw mail", async () => {
    const escapes = [...latin1(bytes)].map((byte) => `=${byte.toString(16).padStart(2, "0").toUpperCase()}`).join("");
    const head = `From: =?${label}?Q?${escapes}?= <a@b.example>\r\nSubject: =?${label}?Q?${escapes}?=\r\n`;
    const mail = await parseMail(latin1(`${head}Content-Type: text/plain; charset=${label}\r\n\r\n${bytes}\r\n`));
    expect(mail).toMatchObject({ from_name: text, subject: text, text: `${text}\n` });
  });
});

it("a mark of the order of bytes counts for more than a label", () => {
  expect(decodeText(latin1("\xfe\xff\x00a\x00b"), "utf-16")).toBe("ab");
});

it("bytes without a label are UTF-8 where they are valid, else windows-1252", async () => {
  expect(decodeText(utf8("café"))).toBe("café");
  expect(decodeText(latin1("caf\xe9"), "x-unheard-of")).toBe("café");
  expect(await parseMail(latin1("Subject: x\r\n\r\ncaf\xe9\r\n"))).toMatchObject({ text: "café\n" });
});

it("a raw mail's file has a name of such a label, and its own bytes", async () => {
  const head = 'Content-Type: text/plain; charset=cp850; name="=?cp850?Q?caf=82?="\r\n';
  const mail = await parseMail(latin1(`${head}Content-Disposition: attachment\r\n\r\ncaf\x82\r\n`));
  expect(mail.media).toMatchObject([{ filename: "café", bytes: latin1("caf\x82\n") }]);
});

it("a mark says more of the order of bytes than a label", () => {
  expect(decodeText(latin1("\xff\xfeA\x00"), "utf-16be")).toBe("A");
  expect(decodeText(latin1("\xfe\xff\x00A"), "utf-16le")).toBe("A");
});
