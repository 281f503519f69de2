import { expect, it } from "vitest";
import { bytesOfField, firstValue, formOf, lastValues, parseForm, queryOf, rawPairs } from "./form.ts";

it("a form has 10,000 fields at most, and is not even divided beyond them", () => {
  expect(parseForm(Array.from({ length: 10_000 }, (_, at) => `a${at}=1`).join("&"))).toHaveLength(10_000);
  expect(() => parseForm("a&".repeat(10_000))).toThrow("10000 fields");
  expect(() => parseForm("&".repeat(20_000_000))).toThrow("10000 fields");
});

it("keeps duplicates and the order, decodes, and takes a name alone", () => {
  expect(parseForm("b=1&a=%C3%A9+x%2B&b=&&c")).toEqual([
    ["b", "1"],
    ["a", "é x+"],
    ["b", ""],
    ["c", ""],
  ]);
});

it("leaves what is no escape as it is", () => {
  expect(parseForm("a=100%&b=%zz&c=x=y")).toEqual([
    ["a", "100%"],
    ["b", "%zz"],
    ["c", "x=y"],
  ]);
});

it("takes a byte order mark for a part of the first name", () => {
  expect(formOf(Uint8Array.from([0xef, 0xbb, 0xbf, 0x61, 0x3d, 0x31]))).toEqual([["\ufeffa", "1"]]);
});

it("gives the first or the last value of a name", () => {
  const pairs = parseForm("a=1&a=2");
  expect(firstValue(pairs, "a")).toBe("1");
  expect(lastValues(pairs).get("a")).toBe("2");
  expect(firstValue(pairs, "b")).toBeUndefined();
});

it("cuts the query out of a URL as it stands there", () => {
  expect(queryOf("https://a.example/x?b=%27&a='#f?g")).toBe("b=%27&a='");
  expect(queryOf("https://a.example/x")).toBe("");
  expect(rawPairs("b=%27&a=+")).toEqual([
    ["b", "%27"],
    ["a", "+"],
  ]);
});

it("keeps the bytes of a field", () => {
  const body = new TextEncoder().encode("a=1&body%2Dmime=Gr%FC%df+e%2B%&a=2");
  expect(bytesOfField(body, "body-mime")).toEqual(Uint8Array.from("Gr\xfc\xdf e+%", (each) => each.charCodeAt(0)));
  expect(bytesOfField(body, "b")).toBeUndefined();
});
