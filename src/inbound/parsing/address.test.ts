import { expect, it } from "vitest";
import { addressesOf } from "./address.ts";
import { parseMail } from "./mime.ts";

// RFC 5322, 3.2.4 and 3.4.1: without its quotes it would be something else.
it.each([
  ['"ceo@bank.example,"@evil.example', '"ceo@bank.example,"@evil.example'],
  ['"x y"@example.com', '"x y"@example.com'],
  ['"a\\"b\\\\c"@example.com', '"a\\"b\\\\c"@example.com'],
  ["jane.o'neil+x=y@example.com", "jane.o'neil+x=y@example.com"],
  ["Jane <jörg@example.com>", "jörg@example.com"],
  // As some write addresses, though no RFC lets them.
  ["j..doe.@example.com", "j..doe.@example.com"],
])("the address of %s is %s", async (header, address) => {
  expect(addressesOf(header)).toEqual([address]);
  const mail = await parseMail(new TextEncoder().encode(`From: ${header}\r\nTo: ${header}\r\n\r\nHi`));
  expect([mail.from, ...mail.to]).toEqual([address, address]);
});
