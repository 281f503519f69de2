import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventId } from "../lib/ids.ts";
import { idOf, placeFor } from "./delivery-id.ts";

// RFC 9562, appendix A.6: 0x017F22E279B0 is 2022-02-22T19:22:22Z.
const AT = 1645557742000;
const ROW = 1024;

describe("a delivery's id", () => {
  it("is made of its event's place and its endpoint, whichever row it is in", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), (row) => {
        const id = eventId({ at: AT, seq: 7, index: 3 });
        expect(idOf(5, row, { id })).toBe("017f22e2-79b0-7003-8000-005000000007");
      }),
    );
  });

  it("is another one for another endpoint, or another event of the same commit", () => {
    const of = (endpoint: number, index: number) => idOf(endpoint, 0, { id: eventId({ at: AT, seq: 7, index }) });
    expect(new Set([of(5, 3), of(6, 3), of(5, 4), of(6, 4)]).size).toBe(4);
  });

  it("is of its row where it is a test, wherever that goes, and no event's", () => {
    const test = { id: eventId({ at: AT, seq: 0, index: 0 }) };
    expect(idOf(5, 9 * ROW, test)).toBe("017f22e2-79b0-7400-8000-005000000009");
    expect(idOf(5, 9 * ROW + 17, test)).toBe(idOf(5, 9 * ROW, test));
    expect(idOf(5, 10 * ROW, test)).not.toBe(idOf(5, 9 * ROW, test));
    expect(placeFor(5, 9 * ROW, test)).not.toEqual(placeFor(5, 0, { id: eventId({ at: AT, seq: 9, index: 0 }) }));
  });
});
