import { expect, it } from "vitest";
import { addressesOf, mailboxesOf } from "./address.ts";
import { canonicalId, contentIdOf, headerOf, messageIdsOf, parseHeaders, threadOf } from "./mail-headers.ts";

it("reads headers, unfolded, whatever their lines end in", () => {
  const headers = parseHeaders("A: 1\nReferences: <a@x>\n\t<b@x>\r\n  <c@x>\r\nB : x: y\nnone\n: none\nA: 2\n");
  expect(headers).toEqual([
    ["A", "1"],
    ["References", "<a@x> <b@x> <c@x>"],
    ["B", "x: y"],
    ["A", "2"],
  ]);
  expect(headerOf(headers, "a")).toBe("1");
  expect(headerOf(headers, "c")).toBeNull();
  expect(threadOf(headers)).toEqual({ in_reply_to: null, references: ["<a@x>", "<b@x>", "<c@x>"] });
  expect(threadOf([["in-reply-to", "<a@x> (of Monday)"]])).toEqual({ in_reply_to: "<a@x>", references: [] });
});

it("reads message ids", () => {
  expect(messageIdsOf("<a@x><b@x>,\t<c@ x>")).toEqual(["<a@x>", "<b@x>", "<c@x>"]);
  expect(messageIdsOf("a@x b@x")).toEqual(["a@x", "b@x"]);
  expect(messageIdsOf("<a@x> b@y, words (c@z)")).toEqual(["<a@x>", "b@y", "c@z"]);
  expect(["a@x", "<a@x>", "0-0-0", "a b@x"].map(canonicalId)).toEqual(["<a@x>", "<a@x>", "0-0-0", "a b@x"]);
  expect(messageIdsOf(null)).toEqual([]);
  expect(contentIdOf(" <a@x> ")).toBe("a@x");
  expect(contentIdOf("a@x")).toBe("a@x");
});

it("reads addresses", () => {
  expect(mailboxesOf('"Doe, Jane" <jane@x.example>, =?UTF-8?B?w4k=?= <e@x.example>, bare@x.example')).toEqual([
    { name: "Doe, Jane", address: "jane@x.example" },
    { name: "É", address: "e@x.example" },
    { name: null, address: "bare@x.example" },
  ]);
  expect(addressesOf("Team: a@x.example, b@x.example;, undisclosed:;")).toEqual(["a@x.example", "b@x.example"]);
  // What a name says is no address.
  expect(addressesOf('"boss@x.example" <mallory@y.example>')).toEqual(["mallory@y.example"]);
  expect(addressesOf(null)).toEqual([]);
  expect(addressesOf("")).toEqual([]);
});
