import { describe, expect, it } from "vitest";
import { beginning, payloadOf, payloadsOf } from "./payload-text.ts";

describe("payloads in answers", () => {
  it("keep digits that JavaScript would round", () => {
    const answer = '{"data":{"id":"evt_1","event":"a","data":{"n":12345678901234567890,"x":1.0},"deliveries":[]}}';
    expect(payloadOf(answer)).toBe('{"n":12345678901234567890,"x":1.0}');
  });

  it("are found by their place, whatever they hold", () => {
    const answer = '{"data":[{"id":"evt_1","data":{"data":[1]}},{"id":"evt_2","data":null}],"next_cursor":null}';
    expect(payloadsOf(answer)).toEqual(['{"data":[1]}', "null"]);
    expect(payloadsOf('{"data":[],"next_cursor":null}')).toEqual([]);
  });
});

describe("the beginning of a text", () => {
  it("is the whole where it is short", () => {
    expect(beginning("abc", 3)).toBe("abc");
  });

  it("says that there is more, and cuts no character in two", () => {
    expect(beginning("abcd", 3)).toBe("abc…");
    expect(beginning("ab\u{1F600}d", 3)).toBe("ab…");
  });
});
