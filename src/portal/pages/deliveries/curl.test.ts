import { describe, expect, it } from "vitest";
import { curlOf, maskedOf } from "./curl.ts";

describe("a request as a curl command", () => {
  it("has its URL, its headers and its body", () => {
    const request = {
      url: "https://example.com/hooks?a=1&b=[2]",
      headers: { "content-type": "application/json", "x-webhook-event": "ticket.created" },
      body: '{"event":"ticket.created"}',
    };
    expect(curlOf(request)).toBe(`curl --globoff --request POST 'https://example.com/hooks?a=1&b=[2]' \\
  --header 'content-type: application/json' \\
  --header 'x-webhook-event: ticket.created' \\
  --data-raw '{"event":"ticket.created"}'`);
  });

  it("keeps the shell from reading what is in it", () => {
    const request = {
      url: "https://example.com/$(id)`id`",
      headers: { "x-note": 'it\'s "$HOME" \\ !' },
      body: `{"text":"it's $1\n\\"two\\" lines"}`,
    };
    expect(curlOf(request)).toBe(`curl --globoff --request POST 'https://example.com/$(id)\`id\`' \\
  --header 'x-note: it'\\''s "$HOME" \\ !' \\
  --data-raw '{"text":"it'\\''s $1
\\"two\\" lines"}'`);
  });

  it("sends a body that begins with @, and a header without a value", () => {
    const request = { url: "https://example.com/", headers: { "x-empty": "" }, body: "@/etc/passwd" };
    expect(curlOf(request)).toBe(`curl --globoff --request POST 'https://example.com/' \\
  --header 'x-empty;' \\
  --data-raw '@/etc/passwd'`);
  });

  it("knows which headers are masked", () => {
    expect(maskedOf({ "content-type": "application/json", authorization: "••••" })).toEqual(["authorization"]);
  });
});
