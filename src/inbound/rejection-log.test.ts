import { expect, it } from "vitest";
import { RejectionLog } from "./rejection-log.ts";

const rejected = (at: number, cause: "bad_signature" | "stale" = "bad_signature") => {
  return { at, cause, method: "POST", from: null, userAgent: null };
};

it("the first is told at once, what follows within five seconds together, and by one caller alone", () => {
  const log = new RejectionLog();
  expect(log.note("a", rejected(10_000))).toBe(0);
  expect(log.note("a", rejected(10_001))).toBeNull();
  expect(log.take("a", 10_002)).toMatchObject({
    counts: { bad_signature: 2 },
    latest: [{ at: 10_000 }, { at: 10_001 }],
  });
  expect(log.note("a", rejected(11_002, "stale"))).toBe(4000);
  expect(log.note("a", rejected(12_000))).toBeNull();
  expect(log.take("a", 15_002)).toMatchObject({ counts: { stale: 1, bad_signature: 1 } });
  expect(log.take("a", 15_003)).toBeNull();
  expect(log.note("a", rejected(60_000))).toBe(0);
});

it("sources are told of their own; of a flood the latest twenty are kept, and all are counted", () => {
  const log = new RejectionLog();
  for (let n = 0; n < 500; n++) log.note("a", rejected(1000 + n));
  log.note("b", rejected(1));
  const batch = log.take("a", 2000);
  expect(batch?.counts).toEqual({ bad_signature: 500 });
  expect(batch?.latest.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, n) => 1480 + n));
  expect(log.take("b", 2000)?.counts).toEqual({ bad_signature: 1 });
  expect(log.take("c", 2000)).toBeNull();
});
