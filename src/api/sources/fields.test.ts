import { describe, expect, it } from "vitest";
import { PublicUrl } from "./fields.ts";

const message = (text: string) => PublicUrl.safeParse(text).error?.issues[0]?.message;

describe("a public URL", () => {
  it.each([
    ["https://hooks.example.com/github", "https://hooks.example.com/github"],
    ["HTTPS://Hooks.Example.COM/GitHub/In", "https://hooks.example.com/GitHub/In"],
    ["https://hooks.example.com:8443/a%2Fb'c", "https://hooks.example.com:8443/a%2Fb'c"],
    // What a provider was given with a slash, it signs with one.
    ["https://hooks.example.com/github/", "https://hooks.example.com/github/"],
    ["https://xn--bcher-kva.example/in", "https://xn--bcher-kva.example/in"],
  ])("is read with its host in lower case, and else as it is: %s", (given, read) => {
    expect(PublicUrl.parse(given)).toBe(read);
  });

  it.each([
    ["", "This is not an https:// URL"],
    ["hooks.example.com/github", "This is not an https:// URL"],
    ["http://hooks.example.com/github", "This is not an https:// URL"],
    ["https://user@hooks.example.com/github", "A public URL has no user name or password"],
    ["https://:secret@hooks.example.com/github", "A public URL has no user name or password"],
    ["https://hooks.example.com/github?a=b", "A public URL has no query and no fragment"],
    ["https://hooks.example.com/github?", "A public URL has no query and no fragment"],
    ["https://hooks.example.com/github#a", "A public URL has no query and no fragment"],
    ["https://hooks.example.com/github#", "A public URL has no query and no fragment"],
    ["https://hooks.example.com", "A public URL needs a path, such as /github"],
    ["https://hooks.example.com/", "A public URL needs a path, such as /github"],
    ["https://hooks.example.com:443/github", "Write it as https://hooks.example.com/github"],
    ["https://hooks.example.com/a/../github", "Write it as https://hooks.example.com/github"],
    ["https://hooks.example.com/a b", "Write it as https://hooks.example.com/a%20b"],
    ["https://bücher.example/in", "Write it as https://xn--bcher-kva.example/in"],
    [" https://hooks.example.com/github", "Write it as https://hooks.example.com/github"],
    ["https:\\\\hooks.example.com\\github", "Write it as https://hooks.example.com/github"],
  ])("is refused: %j", (given, why) => {
    expect(message(given)).toBe(why);
  });

  it("has at most 2000 characters", () => {
    const start = "https://hooks.example.com/";
    expect(message(start.padEnd(2000, "x"))).toBeUndefined();
    expect(message(start.padEnd(2001, "x"))).toMatch(/at most 2000 characters/);
  });
});
