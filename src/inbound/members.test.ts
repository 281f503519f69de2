import { describe, expect, it, vi } from "vitest";
import { callback } from "../../test/inbound/callback.ts";
import { MIXED_BATCHES } from "../../test/inbound/fixtures.ts";
import { keep } from "./keeping.ts";
import { membersOf } from "./members.ts";
import { MalformedCallback } from "./provider.ts";
import { providers } from "./providers/index.ts";

describe.each(MIXED_BATCHES)("a batch of $provider", ({ provider, source, body, contentType, good, bad }) => {
  const read = async () => {
    const request = callback(body, { "content-type": contentType });
    return keep((await providers[provider]?.normalise(request, source)) ?? [], null, request.body);
  };

  it("loses none of those that make sense, and names the others", async () => {
    const { records, malformed } = await read();
    expect(malformed).toBeNull();
    expect(records.flatMap((each) => (each.type === "status" ? each.recipient : []))).toEqual(good);
    const unread = records.flatMap((each) => (each.type === "control" && each.unread ? [each] : []));
    expect(unread.map((each) => each.unread)).toEqual(bad);
    expect(unread.every(({ alert }) => alert)).toBe(true);
    expect(unread[0]?.note).toBe(`${bad[0]?.member} could not be read: ${bad[0]?.reason}`);
  });

  it("has a key for everything in it, the same when it comes again", async () => {
    const keys = (await read()).records.map(({ type, dedup_key }) => `${type} ${dedup_key}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.some((key) => key.endsWith(" null") || key.endsWith(" undefined"))).toBe(false);
    expect((await read()).records.map(({ type, dedup_key }) => `${type} ${dedup_key}`)).toEqual(keys);
  });
});

describe("members", () => {
  it("beyond ten thousand are told of together, before all others, and not looked at", async () => {
    const look = vi.fn(() => []);
    const list = Array.from({ length: 10_003 }, (_, n) => n);
    expect(await membersOf("list", list, look)).toMatchObject([
      { unread: { member: "list[10000…10002]", reason: "It tells of more than 10000 things." } },
    ]);
    expect(look).toHaveBeenCalledTimes(10_000);
  });

  it("that tell of too much together have the same share each, and none takes another along", async () => {
    const many = (n: number) =>
      Array.from({ length: n }, (_, index) => ({ type: "ignored", reason: "r", dedup_key: `${n} ${index}` }) as const);
    const records = await membersOf("list", [9000, 1, 8000], (value) => many(Number(value)));
    const told = records.map(({ dedup_key }) => dedup_key?.split(" ")[0]);
    // Half of what one leaves of ten thousand: the last one of it tells of the rest.
    expect(told.filter((from) => from === "9000")).toHaveLength(4999);
    expect(told.filter((from) => from === "8000")).toHaveLength(4998);
    expect(records).toContainEqual({ type: "ignored", reason: "r", dedup_key: "1 0" });
    expect(records.flatMap((each) => (each.type === "control" && each.unread ? [each.unread.member] : []))).toEqual([
      "list[0]",
      "list[2]",
    ]);
  });

  it("that tell of two things each are whole, but for as many as there is no room for", async () => {
    const list = Array.from({ length: 5001 }, (_, n) => n);
    const two = (n: number) =>
      [0, 1].map((each) => ({ type: "ignored", reason: "r", dedup_key: `${n} ${each}` }) as const);
    const records = await membersOf("list", list, (value) => two(Number(value)));
    expect(records.filter(({ type }) => type === "ignored")).toHaveLength(9998);
    expect(records.flatMap((each) => (each.type === "control" && each.unread ? [each.unread.member] : []))).toEqual([
      "list[4999]",
      "list[5000]",
    ]);
  });

  it("that fail for our own fault are told of without its words, which go to the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const records = await membersOf("", [1, 2], (value) => {
      throw value === 1 ? new TypeError("undefined is not a function") : new MalformedCallback("No.");
    });
    expect(records).toMatchObject([{ unread: { reason: "It could not be read" } }, { unread: { reason: "No." } }]);
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});
