import { afterEach, describe, expect, it, vi } from "vitest";
import * as deadline from "../lib/deadline.ts";
import { LOOKUP_MS, lookUp } from "./lookup.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const RESOLVER = "https://dns.example/dns-query?ct=application/dns-json";

/** As Cloudflare documents it. */
const answer = (Status: number, records: [type: number, TTL: number, data: string][] = []) => ({
  ...{ Status, TC: false, RD: true, RA: true, AD: false, CD: false },
  Question: [{ name: "hooks.example.com", type: 1 }],
  ...(records.length > 0
    ? { Answer: records.map(([type, TTL, data]) => ({ name: "hooks.example.com", type, TTL, data })) }
    : {}),
});

type Answers = { A: unknown; AAAA: unknown };

/** A resolver that answers each question so: with JSON of anything, or as a response says. */
function resolver(answers: Answers) {
  return vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const type = new URL(String(input)).searchParams.get("type");
    const found = type === "AAAA" ? answers.AAAA : answers.A;
    return found instanceof Response ? found.clone() : Response.json(found);
  });
}

const quiet = () => vi.spyOn(console, "error").mockImplementation(() => {});

describe("a lookup", () => {
  it("asks for both families, in the form that resolvers share, and follows no redirect", async () => {
    const fetch = resolver({ A: answer(0), AAAA: answer(0) });
    await lookUp(RESOLVER, "hooks.example.com");
    const urls = fetch.mock.calls.map(([url]) => String(url));
    expect(urls).toEqual([
      "https://dns.example/dns-query?ct=application%2Fdns-json&name=hooks.example.com&type=A",
      "https://dns.example/dns-query?ct=application%2Fdns-json&name=hooks.example.com&type=AAAA",
    ]);
    for (const [, init] of fetch.mock.calls) {
      expect(init).toMatchObject({ headers: { accept: "application/dns-json" }, redirect: "manual" });
    }
  });

  it("finds the addresses at the end of a chain, for as long as its shortest link lives", async () => {
    resolver({
      A: answer(0, [
        [5, 20, "edge.example.net."],
        [46, 10, "CNAME 13 3 300 …"],
        [5, 300, "pool.example.org."],
        [1, 60, "192.0.43.8"],
        [1, 60, "192.0.43.9"],
      ]),
      AAAA: answer(0, [
        [5, 25, "edge.example.net."],
        [28, 40, "2606:4700::6812:1a78"],
      ]),
    });
    expect(await lookUp(RESOLVER, "hooks.example.com")).toEqual({
      state: "found",
      addresses: ["192.0.43.8", "192.0.43.9", "2606:4700::6812:1a78"],
      ttlMs: 10_000,
    });
  });

  it("finds addresses of one family alone", async () => {
    resolver({ A: answer(0, [[1, 60, "192.0.43.8"]]), AAAA: answer(0) });
    expect(await lookUp(RESOLVER, "hooks.example.com")).toMatchObject({ state: "found", addresses: ["192.0.43.8"] });
  });

  it.each([
    ["there is no such name", answer(3), answer(3)],
    ["it has no address", answer(0), answer(0)],
    ["it is an alias of nothing", answer(0, [[5, 60, "gone.example.net."]]), answer(3, [[5, 60, "gone.example.net."]])],
  ])("finds nothing where %s", async (_, A, AAAA) => {
    resolver({ A, AAAA });
    expect(await lookUp(RESOLVER, "hooks.example.com")).toEqual({ state: "nothing" });
  });

  it.each([
    ["SERVFAIL", answer(2), answer(2)],
    ["REFUSED", answer(5), answer(5)],
    ["SERVFAIL for IPv6 alone", answer(0, [[1, 60, "192.0.43.8"]]), answer(2)],
    ["SERVFAIL for IPv4 alone", answer(2), answer(0, [[28, 60, "2606:4700::6812:1a78"]])],
  ])("has failed with %s", async (_, A, AAAA) => {
    resolver({ A, AAAA });
    expect(await lookUp(RESOLVER, "hooks.example.com")).toEqual({ state: "failed" });
  });

  const fine = answer(0, [[1, 60, "192.0.43.8"]]);
  it.each([
    ["no JSON", new Response("<html>")],
    ["an empty body", new Response("")],
    ["null", null],
    ["a list", [fine]],
    ["no status", { Answer: fine.Answer }],
    ["a status that is text", { ...fine, Status: "0" }],
    ["an answer that is no list", { ...fine, Answer: {} }],
    ["a record without data", { ...fine, Answer: [{ type: 1, TTL: 60 }] }],
    ["a record that lives for less than nothing", { ...fine, Answer: [{ type: 1, TTL: -1, data: "192.0.43.8" }] }],
    ["a truncated answer", { ...fine, TC: true }],
    ["an error of Cloudflare's form", { error: "Invalid query name" }],
    ["400", Response.json(fine, { status: 400 })],
    ["500", Response.json(fine, { status: 500 })],
    ["a redirect", new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } })],
    ["more than 16 KB", Response.json({ ...fine, Comment: "x".repeat(16_384) })],
  ])("is none of this with %s from the resolver", async (_, odd) => {
    quiet();
    resolver({ A: fine, AAAA: odd });
    expect(await lookUp(RESOLVER, "hooks.example.com")).toEqual({ state: "unavailable" });
    resolver({ A: odd, AAAA: answer(0) });
    expect(await lookUp(RESOLVER, "hooks.example.com")).toEqual({ state: "unavailable" });
  });

  it("is none of this with a resolver that cannot be reached, and says so in the log", async () => {
    const log = quiet();
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("Network connection lost."));
    expect(await lookUp(RESOLVER, "hooks.example.com")).toEqual({ state: "unavailable" });
    expect(log.mock.calls[0]?.[0]).toBe("hooks.example.com could not be looked up at dns.example:");
  });

  it("gives up after three seconds, for both questions together", async () => {
    quiet();
    const within = vi.spyOn(deadline, "within");
    const fetch = resolver({ A: answer(0), AAAA: answer(0) });
    await lookUp(RESOLVER, "hooks.example.com");
    expect(LOOKUP_MS).toBe(3000);
    expect(within.mock.calls.map(([ms]) => ms)).toEqual([3000]);
    const [first, second] = fetch.mock.calls.map(([, init]) => init?.signal);
    expect(first).toBeInstanceOf(AbortSignal);
    expect(second).toBe(first);
  });
});
