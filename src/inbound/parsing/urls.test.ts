import { describe, expect, it } from "vitest";
import { formEncoded, reencoded, signedBases, signedUrls, twilioUrls } from "./urls.ts";

describe("the URLs that may be signed", () => {
  it("are one, where the runtime shows what was configured", () => {
    const url = "https://hooks.example.com/in/a?x=1&y=%2B";
    expect(signedUrls({ url }, "https://hooks.example.com/in/a")).toEqual([url]);
    expect(signedBases({ url }, "https://hooks.example.com/in/a")).toEqual(["https://hooks.example.com/in/a"]);
  });

  it("begin with the configured one, and the query is that of the request, letter by letter", () => {
    expect(signedUrls({ url: "https://hooks.example.com/?b=2&a=%7e" }, "https://Hooks.Example.com")).toEqual([
      "https://Hooks.Example.com?b=2&a=%7e",
      "https://hooks.example.com/?b=2&a=%7e",
    ]);
  });

  it("have the apostrophe that the runtime has escaped", () => {
    expect(signedUrls({ url: "https://a.example/x?q=it%27s+%28b%29" }, "https://a.example/x")).toEqual([
      "https://a.example/x?q=it%27s+%28b%29",
      "https://a.example/x?q=it's+%28b%29",
    ]);
  });

  it("have no fragment, and no query of the configured URL", () => {
    expect(signedUrls({ url: "https://a.example/x?q=1#f" }, "https://a.example/x?old=1#rc=3")).toEqual([
      "https://a.example/x?q=1",
    ]);
    expect(signedBases({ url: "https://a.example/x?q=1#f" }, "https://b.example#rc=3")).toEqual([
      "https://b.example",
      "https://a.example/x",
    ]);
  });

  it("may end with a bare question mark", () => {
    expect(signedUrls({ url: "https://a.example/x?" }, "https://a.example/x")).toEqual([
      "https://a.example/x",
      "https://a.example/x?",
    ]);
  });
});

describe("Twilio's URLs", () => {
  it("have the usual port or none", () => {
    expect(twilioUrls({ url: "https://a.example/x?foo=1&bar=2" }, "https://a.example/x")).toEqual([
      "https://a.example/x?foo=1&bar=2",
      "https://a.example:443/x?foo=1&bar=2",
    ]);
    expect(twilioUrls({ url: "http://a.example/x" }, "http://a.example/x")).toEqual([
      "http://a.example/x",
      "http://a.example:80/x",
    ]);
  });

  it("have another port or none, and never another scheme", () => {
    expect(twilioUrls({ url: "https://u:p@[::1]:1234/x" }, "https://u:p@[::1]:1234/x")).toEqual([
      "https://u:p@[::1]:1234/x",
      "https://u:p@[::1]/x",
    ]);
  });

  it("have the query as node:querystring writes it", () => {
    expect(twilioUrls({ url: "https://a.example/x?q=it%27s+%28b%29" }, "https://a.example/x")).toContain(
      "https://a.example/x?q=it's%20(b)",
    );
  });

  it("are few, whatever is asked for", () => {
    const urls = twilioUrls({ url: "https://a.example:1/x?q=%27+%28&&#f" }, "http://B.example");
    expect(urls.length).toBeLessThanOrEqual(13);
    expect(new Set(urls).size).toBe(urls.length);
  });

  it("of what is no such URL are that itself", () => {
    expect(twilioUrls({ url: "ftp://a.example/x" }, "ftp://a.example/x")).toEqual(["ftp://a.example/x"]);
  });
});

it("writes a query anew as node:querystring does, the values of a name together", () => {
  expect(reencoded("b=1&a=%21%27%28%29*~+x&b=%c3%a9&c&%zz=")).toBe("b=1&b=%C3%A9&a=!'()*~%20x&c=&%25zz=");
});

it("writes a query anew as forms are written, sorted by name", () => {
  expect(formEncoded("b=2&a=%21%27%28%29*~+x&b=1")).toBe("a=%21%27%28%29%2A~+x&b=2&b=1");
});
