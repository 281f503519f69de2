import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { base64, utf8 } from "../../lib/bytes.ts";
import { Steps } from "../../lib/steps.ts";
import { Base64Decoder, PlainDecoder } from "./body-decoders.ts";
import { parseMime } from "./mime-parser.ts";

it("an HTML part is made into text in steps that grow with it", async () => {
  const mail = (size: number) =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n${"<a href=href=".repeat(size)}\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n`;
  const taken = async (size: number) => {
    const steps = new Steps();
    await parseMime(utf8(mail(size)), steps);
    return steps.taken;
  };
  expect(await taken(8000)).toBeLessThan(9 * (await taken(1000)));
});

it("the parser has the members that its bounds are set at", () => {
  const { prototype } = PostalMime as unknown as { prototype: Record<string, unknown> };
  for (const member of ["processLine", "renderTextContent", "collectNode", "isInlineTextNode"]) {
    expect(prototype[member], member).toBeTypeOf("function");
  }
  const made = new PostalMime() as unknown as Record<string, Record<string, unknown>>;
  expect(made.currentNode).toMatchObject({ state: "header", contentDecoder: null, contentTransferEncoding: {} });
  expect(made.textMap).toBeInstanceOf(Map);
  expect(made.textContent).toEqual({});
  expect(made.root).toBe(made.currentNode);
  expect(made.root).toMatchObject({ headers: [], getTextContent: expect.any(Function) });
});

const bytesOf = async (decoder: Base64Decoder | PlainDecoder, ...lines: string[]) => {
  for (const line of lines) decoder.update(utf8(line));
  return new Uint8Array(await decoder.finalize());
};

describe("a body in base64", () => {
  // RFC 4648, 10.
  it.each([
    ["Zg==", "f"],
    ["Zm8=", "fo"],
    ["Zm9v", "foo"],
    ["Zm9vYg==", "foob"],
    ["Zm9vYmE=", "fooba"],
    ["Zm9vYmFy", "foobar"],
  ])("%s is %s, however its lines are broken", async (encoded, text) => {
    expect(await bytesOf(new Base64Decoder(), encoded)).toEqual(utf8(text));
    expect(await bytesOf(new Base64Decoder(), ...encoded)).toEqual(utf8(text));
    expect(await bytesOf(new Base64Decoder(), ` ${encoded}`, "!", encoded)).toEqual(
      encoded.includes("=") || encoded.length % 4 === 0 ? utf8(text + text) : utf8(text),
    );
  });

  it("is every byte, of many blocks", async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7) % 256);
    const encoded: string[] = [];
    for (let at = 0; at < bytes.length; at += 57) encoded.push(base64(bytes.subarray(at, at + 57)));
    expect(await bytesOf(new Base64Decoder(), ...encoded)).toEqual(bytes);
  });
});

it("a body in no encoding is its lines, of many blocks", async () => {
  const line = "x".repeat(77);
  const whole = await bytesOf(new PlainDecoder(), ...Array<string>(3000).fill(line), "", "é");
  expect(new TextDecoder().decode(whole)).toBe(`${`${line}\n`.repeat(3000)}\né\n`);
});
