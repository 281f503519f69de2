import { describe, expect, it } from "vitest";
import { readBytes, readJson } from "./body.ts";
import { ApiError } from "./problem.ts";

const LIMITS = { size: 1000, depth: 4 };

const request = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request("https://posthorn.example/", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });

const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
  return "taken";
};

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
/** Without a Content-Length. */
const streamed = (text: string) => new Blob([text]).stream();

describe("a JSON body", () => {
  it.each([
    ["as deep as it may be", nested(4), {}, "taken"],
    ["a level deeper", nested(5), {}, "invalid_request"],
    ["deeper, and broken behind that", "[".repeat(900), {}, "invalid_request"],
    ["with brackets in a text", `"${"[".repeat(900)}"`, {}, "taken"],
    ["as large as it may be", `"${"x".repeat(998)}"`, {}, "taken"],
    ["a byte larger", `"${"x".repeat(999)}"`, {}, "payload_too_large"],
    ["of more bytes than characters", `"${"é".repeat(500)}"`, {}, "payload_too_large"],
    ["packed", "{}", { "content-encoding": "gzip" }, "unsupported_media_type"],
    ["said not to be packed", "{}", { "content-encoding": "identity" }, "taken"],
    ["of another type", "{}", { "content-type": "text/json" }, "unsupported_media_type"],
    ["of a type like JSON's", "{}", { "content-type": "application/jsonp" }, "unsupported_media_type"],
    ["of a type built on JSON", "{}", { "content-type": "application/vnd.api+json; charset=utf-8" }, "taken"],
    ["that is none", "{", {}, "malformed_json"],
  ])("%s", async (_, text, headers, code) => {
    expect(await codeOf(readJson(request(text, headers), LIMITS))).toBe(code);
    expect(await codeOf(readJson(request(streamed(text), headers), LIMITS))).toBe(code);
  });

  it("of bytes that are no UTF-8", async () => {
    expect(await codeOf(readJson(request(Uint8Array.of(0x22, 0xff, 0x22)), LIMITS))).toBe("malformed_json");
  });

  it("is counted as it comes, whatever length it was said to have", async () => {
    const lie = { "content-length": "2" };
    expect(await codeOf(readBytes(request(streamed("x".repeat(1001)), lie), 1000))).toBe("payload_too_large");
    expect(await codeOf(readBytes(request(streamed("x".repeat(1000)), lie), 1000))).toBe("taken");
  });

  it("is left where it is too large: no more of it is read than that takes", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 100;
        controller.enqueue(new Uint8Array(100));
      },
    });
    expect(await codeOf(readBytes(request(endless), 1000))).toBe("payload_too_large");
    expect(sent).toBeLessThan(2000);
  });
});
