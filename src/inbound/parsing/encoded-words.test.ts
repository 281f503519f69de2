import { decodeWords } from "postal-mime";
import { expect, it } from "vitest";
import { Steps } from "../../lib/steps.ts";
import { mailboxesOf } from "./address.ts";
import { wordsInUtf8 } from "./encoded-words.ts";

// Characters cut within, by hand: 日 is E6 97 A5 and 本 E6 9C AC.
it.each([
  ["=?UTF-8?B?5pel5pw=?= =?UTF-8?B?rA==?=", "日本"],
  ["=?UTF-8?Q?=E6=97=A5=E6=9C?=\r\n =?utf-8?q?=AC?= x", "日本 x"],
  ["=?UTF-8?B?5pel5pw=?= =?UTF-8?Q?=AC?=", "日本"],
  ["=?ISO-2022-JP?B?GyRCRnwbKEI=?= =?ISO-2022-JP?B?GyRCS1wbKEI=?=", "日本"],
  ["a =?UTF-8?Q?b?= =?iso-8859-1?Q?=E9?= c", "a bé c"],
  ["=?cp850?Q?caf=82?=", "café"],
  ["=?UTF-8?B?!?= =?x", " =?x"],
])("%j is %s", (header, text) => {
  expect(decodeWords(wordsInUtf8(header))).toBe(text);
});

it("a name is read so, too", () => {
  expect(mailboxesOf("=?UTF-8?B?5pel5pw=?= =?UTF-8?B?rA==?= <a@b.example>")).toEqual([
    { name: "日本", address: "a@b.example" },
  ]);
});

it("as many words as a header may have are read as one", () => {
  const word = `=?utf-8?Q?${"a".repeat(60)}?=`;
  const header = Array.from({ length: 6000 }, () => word).join("\r\n ");
  expect(decodeWords(wordsInUtf8(header))).toBe("a".repeat(360_000));
});

it.each(["=?a?Q?b?= ", "=?", "=?a?Q?"])("of %j many take steps that grow with them", (piece) => {
  const taken = (count: number) => {
    const steps = new Steps();
    wordsInUtf8(piece.repeat(count), steps);
    return steps.taken;
  };
  expect(taken(8000)).toBeLessThan(9 * taken(1000));
});
