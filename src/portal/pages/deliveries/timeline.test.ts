import { describe, expect, it } from "vitest";
import { layOut, type Moment, momentsOf } from "./timeline.ts";

const T0 = Date.parse("2026-03-26T14:00:00Z");
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const failed = (seconds: number) => ({ at: at(seconds), status: 500, error: "status" as const });
const moment = (seconds: number): Moment => ({ at: T0 + seconds * 1000, kind: "failed", text: "500" });

describe("a delivery's moments", () => {
  it("begin with the first attempt where that was made at once, and end with the next", () => {
    const delivery = { created_at: at(0), next_attempt_at: at(40), attempts: [failed(1), failed(10)] };
    expect(momentsOf(delivery)).toEqual([
      { at: T0 + 1000, kind: "failed", text: "500" },
      { at: T0 + 10_000, kind: "failed", text: "500" },
      { at: T0 + 40_000, kind: "next", text: "next" },
    ]);
  });

  it("end with the next probe where the endpoint is waited for", () => {
    const delivery = { created_at: at(0), next_attempt_at: at(40), attempts: [failed(1)] };
    expect(momentsOf({ ...delivery, waiting_for_endpoint: true }).at(-1)).toMatchObject({
      kind: "next",
      text: "probe",
    });
  });

  it("begin with the publishing where the first attempt had to wait, or was not made", () => {
    const answered = { at: at(3600), status: 204, error: null };
    const silent = { at: at(4000), status: null, error: "connection_refused" as const };
    const held = { created_at: at(0), next_attempt_at: null, attempts: [silent, answered] };
    expect(momentsOf(held).map(({ kind, text }) => [kind, text])).toEqual([
      ["published", "published"],
      ["failed", "connection refused"],
      ["succeeded", "204"],
    ]);
    expect(momentsOf({ created_at: at(0), next_attempt_at: null, attempts: [] })).toHaveLength(1);
  });
});

describe("a timeline", () => {
  it("is to scale where all waits can be seen", () => {
    const { stops, waits, scale } = layOut([moment(0), moment(30), moment(120)], T0 + 75_000);
    expect(scale).toBe("linear");
    // 90 % of the width for 120 seconds, from 5 %.
    expect(stops.map(({ x }) => x)).toEqual([5, 27.5, 95]);
    expect(waits.map(({ seconds, passed }) => [seconds, passed])).toEqual([
      [30, 1],
      [90, 0.5],
    ]);
  });

  it("is logarithmic where 30 seconds would vanish beside 8 hours", () => {
    const { stops, scale } = layOut([moment(0), moment(31), moment(31 + 32_767)], T0);
    expect(scale).toBe("logarithmic");
    // 1 + log2(32) = 6 and 1 + log2(32 768) = 16: 6/22 of 90 %, from 5 %.
    expect(stops.map(({ x }) => x)).toEqual([5, 29.55, 95]);
  });

  it("of a single moment has no waits", () => {
    expect(layOut([moment(0)], T0)).toMatchObject({ waits: [], stops: [{ x: 5 }] });
  });

  it("leaves the label out where it would not fit", () => {
    const many = Array.from({ length: 30 }, (_, index) => moment(index));
    expect(layOut(many, T0).waits.every(({ labelled }) => !labelled)).toBe(true);
  });
});
