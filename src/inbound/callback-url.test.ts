import { describe, expect, it } from "vitest";
import { callbackUrlOf } from "./callback-url.ts";

const ID = "src_01KMN3V4W5X6Y7Z8A9B0C1D2E3";
const at = (origin: string, publicUrl: string | null = null) =>
  callbackUrlOf(origin, { id: ID, provider: "github", publicUrl });

describe("a callback URL", () => {
  it.each([
    "https://hooks.example.com",
    "https://HOOKS.Example.com",
    "https://hooks.example.com:8443",
    "https://hooks.example.com:443",
    "http://hooks.example.com",
    "http://hooks.example.com:8080",
  ])("of a deployment is https, in lower case and without a port: %s", (origin) => {
    expect(at(origin)).toBe(`https://hooks.example.com/in/github/${ID}`);
  });

  it.each([
    "http://127.0.0.1:8787",
    "http://localhost:8787",
    "http://posthorn:8787",
    "http://posthorn.localhost",
    "http://192.168.1.5:8787",
    "http://[::1]:8787",
  ])("of a local run can be called there: %s", (origin) => {
    expect(at(origin)).toBe(`${origin}/in/github/${ID}`);
  });

  it("is the public one where there is one", () => {
    expect(at("http://127.0.0.1:8787", "https://proxy.example:8443/Github")).toBe("https://proxy.example:8443/Github");
  });
});
