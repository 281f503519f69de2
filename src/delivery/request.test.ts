import { describe, expect, it } from "vitest";
import { errorOf, errorOfStatus } from "./request.ts";

describe("an attempt's error", () => {
  it.each([
    [301, "", "redirect"],
    [304, "", "redirect"],
    [400, "", "status"],
    [500, "", "status"],
    [520, "", "connection_reset"],
    [521, "", "connection_refused"],
    [522, "", "timeout"],
    [524, "", "timeout"],
    [525, "", "tls"],
    [526, "", "tls"],
    [530, "error code: 1016", "dns"],
    [530, "error code: 1003", "status"],
  ])("of status %i with %j is %s", (status, body, expected) => {
    expect(errorOfStatus(status, new TextEncoder().encode(body))).toBe(expected);
  });

  it.each([
    [new DOMException("The operation was aborted due to timeout", "TimeoutError"), "timeout"],
    [new Error("Network connection lost."), "connection_reset"],
    [new Error("internal error; reference = 307ilru2audmnitgqp42oakv"), "unknown"],
    ["not even an error", "unknown"],
  ])("of %s is %s", (error, expected) => {
    expect(errorOf(error)).toBe(expected);
  });
});
