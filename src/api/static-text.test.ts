import { describe, expect, it } from "vitest";
import { StaticText } from "./static-text.ts";

const HEADERS = { "Content-Type": "text/plain", "Cache-Control": "public, max-age=60" };

const asking = (headers: Record<string, string>) => (name: string) => headers[name];

describe("a static text", () => {
  it("is made once, however often it is asked for", async () => {
    let made = 0;
    const text = new StaticText(HEADERS, () => `text ${++made}`);
    for (const headers of [{}, { "Accept-Encoding": "gzip" }, { "If-None-Match": '"x"' }]) {
      await text.answer(asking(headers));
    }
    expect(await (await text.answer(asking({}))).text()).toBe("text 1");
  });

  it("is made anew where it could not be", async () => {
    let tries = 0;
    const text = new StaticText(HEADERS, () => {
      if (++tries === 1) throw new Error("not yet");
      return "there";
    });
    await expect(text.answer(asking({}))).rejects.toThrow("not yet");
    expect((await text.answer(asking({}))).status).toBe(200);
  });

  it("has a tag by what it says, and by nothing else", async () => {
    const tagOf = async (text: string) =>
      (await new StaticText(HEADERS, () => text).answer(asking({}))).headers.get("ETag");
    expect(await tagOf("a")).toBe(await tagOf("a"));
    expect(await tagOf("a")).not.toBe(await tagOf("b"));
  });

  it.each([
    ["gzip", "gzip"],
    ["br, GZIP ;q=0.1", "gzip"],
    ["gzip;q=0", null],
    ["gzip; q=0.000", null],
    ["x-gzip, br", null],
    ["", null],
  ])("where %j is accepted is packed by %s", async (accepted, encoding) => {
    const answer = await new StaticText(HEADERS, () => "x").answer(asking({ "Accept-Encoding": accepted }));
    expect(answer.headers.get("Content-Encoding")).toBe(encoding);
  });
});
