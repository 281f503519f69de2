import { describe, expect, it } from "vitest";
import { Claims, LEASE_MS } from "./claims.ts";

function manualClock() {
  let time = 1_000_000;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    clock: { now: () => time, after: (ms: number, callback: () => void) => timers.push({ at: time + ms, callback }) },
    advance(ms: number) {
      time += ms;
      const due = timers.filter((timer) => timer.at <= time);
      timers = timers.filter((timer) => timer.at > time);
      for (const timer of due) timer.callback();
    },
  };
}

describe("claims", () => {
  it("give a parcel to one claimant while it is at work", () => {
    const { clock, advance } = manualClock();
    const claims = new Claims(clock);
    expect(claims.claim(1, "a", 25_000)).toBe(true);
    expect(claims.claim(1, "b", 25_000)).toBe(false);
    advance(24_999);
    expect(claims.claim(1, "b", 25_000)).toBe(false);
    expect(claims.claim(1, "a", 25_000)).toBe(true);
    advance(25_000);
    expect(claims.claim(1, "b", 25_000)).toBe(true);
  });

  it("let a pause wait until the last lease has ended", async () => {
    const { clock, advance } = manualClock();
    const claims = new Claims(clock);
    claims.claim(1, "a", 25_000);
    advance(400);
    claims.claim(2, "b", 25_000);
    let over = false;
    const waiting = claims.leasesEnded().then(() => {
      over = true;
    });
    advance(LEASE_MS - 1);
    await scheduler.wait(0);
    expect(over).toBe(false);
    advance(1);
    await waiting;
  });

  it("let a pause go on as soon as everything is settled", async () => {
    const { clock } = manualClock();
    const claims = new Claims(clock);
    claims.claim(1, "a", 25_000);
    const waiting = claims.leasesEnded();
    claims.release(1);
    await waiting;
  });

  it("do not hold up a pause when nothing is claimed", async () => {
    await new Claims(manualClock().clock).leasesEnded();
  });
});
