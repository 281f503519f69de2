import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deliveryId,
  eventId,
  INDEX_OF_TEST,
  MAX_DELIVERY_ROW,
  MAX_ENDPOINT_NUMBER,
  MAX_EVENTS_PER_ROW,
  newEndpointId,
  newSourceId,
  parseDeliveryId,
  parseEventId,
  parseReceiptId,
  receiptId,
  ulid,
} from "./ids.ts";

const at = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe("ids", () => {
  it("bring a delivery's place back", () => {
    const place = fc.record({
      at,
      endpoint: fc.integer({ min: 1, max: MAX_ENDPOINT_NUMBER }),
      seq: fc.integer({ min: 1, max: MAX_DELIVERY_ROW }),
      index: fc.integer({ min: 0, max: INDEX_OF_TEST }),
    });
    fc.assert(fc.property(place, (each) => void expect(parseDeliveryId(deliveryId(each))).toEqual(each)));
  });

  it("make a delivery's a version 7 UUID", () => {
    // RFC 9562, appendix A.6: 0x017F22E279B0 is 2022-02-22T19:22:22Z.
    const id = deliveryId({ at: 1645557742000, endpoint: 5, seq: 7, index: 3 });
    expect(id).toBe("017f22e2-79b0-7003-8000-005000000007");
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("bring an event's place back", () => {
    const place = fc.record({ at, seq: fc.nat(2 ** 31), index: fc.nat(MAX_EVENTS_PER_ROW - 1) });
    fc.assert(fc.property(place, (each) => void expect(parseEventId(eventId(each))).toEqual(each)));
  });

  it("sort events by time, then by row, then by place", () => {
    const ids = [
      eventId({ at: 1, seq: 500, index: 5 }),
      eventId({ at: 2, seq: 1, index: 3 }),
      eventId({ at: 2, seq: 1, index: 40 }),
      eventId({ at: 2, seq: 33, index: 0 }),
      eventId({ at: 3, seq: 2, index: 0 }),
    ];
    expect([...ids].sort()).toEqual(ids);
  });

  it("write a ULID's time as its specification does", () => {
    // https://github.com/ulid/spec: 01ARYZ6S41 is 1469918176385.
    expect(ulid(1469918176385)).toMatch(/^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(newEndpointId(1469918176385)).toMatch(/^wh_01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(newSourceId(1469918176385)).toMatch(/^src_01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
  });

  it.each([
    "",
    "evt_",
    "evt_01M80D4XNG000000001001WGQ",
    "evt_IIIIIIIIIIIIIIIIIIIIIIIIII",
    "wh_01ARYZ6S41000000000000000",
  ])("know %j for no event's", (id) => expect(parseEventId(id)).toBeUndefined());

  it.each(["", "x", "017f22e2-79b0-4003-8000-005000000007", "017f22e2-79b0-7003-c000-005000000007"])(
    "know %j for no delivery's",
    (id) => expect(parseDeliveryId(id)).toBeUndefined(),
  );
});

describe("a receipt's id", () => {
  it("carries its time and its row", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 47 }), fc.integer({ min: 1, max: 2 ** 52 }), (at, seq) => {
        const id = receiptId({ at, seq });
        expect(id).toMatch(/^rcp_[0-9A-HJKMNP-TV-Z]{26}$/);
        expect(parseReceiptId(id)).toEqual({ at, seq });
      }),
    );
  });

  it.each([
    "",
    "rcp_",
    "evt_01KMN3V4W50000000000000001",
    "rcp_01KMN3V4W5000000000000000I",
    "rcp_01kmn3v4w50000000000000001",
  ])("is nothing else: %s", (other) => {
    expect(parseReceiptId(other)).toBeUndefined();
  });
});
