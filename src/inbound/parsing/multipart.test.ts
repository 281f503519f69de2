import { describe, expect, it } from "vitest";
import { latin1 } from "../../../test/inbound/callback.ts";
import { hex, utf8 } from "../../lib/bytes.ts";
import { concat } from "../signatures/hmac.ts";
import { MAX_PARTS, parameterOf, parseMultipart, textOfPart } from "./multipart.ts";

const TYPE = "multipart/form-data; boundary=xYzZY";
const parse = (body: string | Uint8Array, type = TYPE) =>
  parseMultipart(type, typeof body === "string" ? utf8(body) : body);
const field = (name: string, value: string) =>
  `--xYzZY\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const shown = (body: string, type?: string) => parse(body, type).map((part) => [part.name, textOfPart(part)]);

describe("a multipart body", () => {
  it("has its parts in their order, duplicates among them", () => {
    expect(shown(`${field("b", "1")}${field("a", "é")}${field("b", "")}--xYzZY--\r\n`)).toEqual([
      ["b", "1"],
      ["a", "é"],
      ["b", ""],
    ]);
  });

  it.each([
    ['multipart/form-data; boundary="xYzZY"'],
    ["multipart/form-data; charset=utf-8; Boundary=xYzZY; x=y"],
    ['multipart/form-data; x="; boundary=no"; boundary="xY\\zZY"'.replace("\\", "")],
  ])("has its boundary in %s", (type) => {
    expect(shown(`${field("a", "1")}--xYzZY--`, type)).toEqual([["a", "1"]]);
  });

  it("may have spaces and other signs in its boundary", () => {
    const boundary = "a b'()+_,-./:=?";
    const body = `--${boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--${boundary}--`;
    expect(shown(body, `multipart/form-data; boundary="${boundary}"`)).toEqual([["a", "1"]]);
  });

  it("may end its lines in LF", () => {
    const body = `${field("a", "1\r\n\r\n2")}${field("b", "")}--xYzZY--\r\n`;
    expect(shown(body.replaceAll("\r\n", "\n"))).toEqual([
      ["a", "1\n\n2"],
      ["b", ""],
    ]);
  });

  it("may have text before and after its parts", () => {
    expect(shown(`before\r\n--no\r\n${field("a", "1")}--xYzZY--\r\nafter\r\n${field("b", "2")}`)).toEqual([["a", "1"]]);
  });

  it("may have white space behind a boundary", () => {
    expect(shown(`${field("a", "1").replace("xYzZY", "xYzZY \t")}--xYzZY-- \r\n`)).toEqual([["a", "1"]]);
  });

  it.each([
    ["a longer line", "1\r\n--xYzZYmore\r\n2"],
    ["a shorter line", "1\r\n--xYzZ\r\n2"],
    ["within a line", "1\r\n --xYzZY\r\n2 --xYzZY"],
    ["with text behind its end", "1\r\n--xYzZY--more\r\n2"],
    ["after LF where lines end in CRLF", "1\n--xYzZY\r\n2"],
    ["after CR", "1\r--xYzZY\r\n2"],
  ])("may have what looks like its boundary in a part: %s", (_, text) => {
    expect(shown(`${field("a", text)}${field("b", "3")}--xYzZY--`)).toEqual([
      ["a", text],
      ["b", "3"],
    ]);
  });

  it("keeps every byte of a file", () => {
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const head = '--xYzZY\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\nContent-Type: x/y\r\n\r\n';
    for (const file of [every, utf8("\r\n"), utf8("\n\r\n\r"), utf8("a\r\n\r\n"), utf8("")]) {
      const [part] = parse(concat(head, file, "\r\n--xYzZY--\r\n"));
      expect(part).toMatchObject({ name: "f", filename: "f.bin", contentType: "x/y" });
      expect(hex(part?.bytes ?? new Uint8Array())).toBe(hex(file));
    }
  });

  it("may have parts without content, or without headers", () => {
    const nothing = '--xYzZY\r\nContent-Disposition: form-data; name="a"\r\n';
    expect(shown(`${nothing}\r\n--xYzZY\r\n\r\ntext\r\n--xYzZY\r\n--xYzZY--`)).toEqual([
      ["a", ""],
      ["", "text"],
      ["", ""],
    ]);
  });

  it("has headers in any case, folded or not", () => {
    const [part] = parse(
      `--xYzZY\r\ncontent-disposition:form-data;\r\n\tNAME=a; filename="x"\r\nX-One: 1\r\nX-One: 2\r\n\r\n\r\n--xYzZY--`,
    );
    expect(part?.name).toBe("a");
    expect(part?.headers.filter(([name]) => name === "X-One")).toEqual([
      ["X-One", "1"],
      ["X-One", "2"],
    ]);
  });

  it.each([
    ["no boundary in its type", `${field("a", "1")}--xYzZY--`, "multipart/form-data"],
    ["no boundary at all", "nothing", TYPE],
    ["no end", field("a", "1"), TYPE],
    ["an end that is cut off", `${field("a", "1")}--xYzZY-`, TYPE],
    ["nothing in it", "", TYPE],
  ])("is malformed with %s", (_, body, type) => {
    expect(() => parse(body, type)).toThrow(expect.objectContaining({ name: "MalformedCallback" }));
  });

  it("has at most a thousand parts, and sixteen KiB of headers in each", () => {
    expect(parse(`${field("a", "1").repeat(MAX_PARTS)}--xYzZY--`)).toHaveLength(MAX_PARTS);
    expect(() => parse(`${field("a", "1").repeat(MAX_PARTS + 1)}--xYzZY--`)).toThrow("1000 parts");
    expect(() => parse(`--xYzZY\r\nX: ${"x".repeat(20_000)}\r\n\r\n\r\n--xYzZY--`)).toThrow("headers");
  });
});

describe("text", () => {
  const part = (bytes: Uint8Array, type: string) =>
    parse(
      concat(
        `--xYzZY\r\nContent-Disposition: form-data; name="t"\r\nContent-Type: ${type}\r\n\r\n`,
        bytes,
        "\r\n--xYzZY--",
      ),
    );
  const text = (bytes: Uint8Array, type: string, charset?: string) =>
    part(bytes, type).map((each) => textOfPart(each, charset))[0];

  it("is decoded by the charset of its part, or by another that is given", () => {
    expect(text(latin1("Gr\xfc\xdfe"), "text/plain; charset=ISO-8859-1")).toBe("Grüße");
    expect(text(latin1("Gr\xfc\xdfe"), "text/plain", "iso-8859-1")).toBe("Grüße");
    expect(text(latin1("\x93\x80\x94"), "text/plain; charset=windows-1252")).toBe("“€”");
    // JIS X 0208, as Shift_JIS has it.
    expect(text(latin1("\x93\xfa\x96\x7b\x8c\xea"), 'text/plain; charset="Shift_JIS"')).toBe("日本語");
    expect(text(latin1("\xcf\xf0\xe8\xe2\xe5\xf2"), "text/plain; charset=windows-1251")).toBe("Привет");
  });

  it("is UTF-8 where nothing else is told, or nothing that is known, else windows-1252; what does not fit is replaced", () => {
    expect(text(utf8("Grüße"), "text/plain")).toBe("Grüße");
    expect(text(utf8("Grüße"), "text/plain; charset=x-unheard-of")).toBe("Grüße");
    expect(text(latin1("Gr\xfc\xdfe"), "text/plain")).toBe("Grüße");
    expect(text(latin1("Gr\xfc\xdfe"), "text/plain; charset=utf-8")).toBe("Gr\ufffd\ufffde");
  });
});

it.each([
  ['form-data; name="f"; filename="a b.txt"', "a b.txt"],
  ["form-data; name=f; filename=a.txt", "a.txt"],
  ['form-data; name="f"; filename="a \\"b\\".txt"', 'a "b".txt'],
  ['form-data; name="f"; filename="C:\\dir\\a.txt"', "C:\\dir\\a.txt"],
  ['form-data; name="f"; filename="a; name=g.txt"', "a; name=g.txt"],
  ['form-data; name="f"; filename="Grüße.txt"', "Grüße.txt"],
  ['form-data; name="f"; filename="e.txt"; filename*=UTF-8\'\'%e2%82%ac%20rates.txt', "€ rates.txt"],
  ["form-data; name=\"f\"; filename*=iso-8859-1'en'%A3%20rates.txt", "£ rates.txt"],
  ['form-data; name="f"; filename="=?UTF-8?B?w6kucGRm?="', "é.pdf"],
  // RFC 2231, 3 and 4.1
  ['form-data; name="f"; filename*0="long "; filename*1="name.txt"', "long name.txt"],
  ["form-data; name=f; filename*0*=UTF-8''%e2%82; filename*1*=%ac%20; filename*2=\"rates.txt\"", "€ rates.txt"],
  ["form-data; name=f; filename*1=b.txt; filename*0=a", "ab.txt"],
  ['form-data; name="f"', null],
])("reads the name of a file in %s", (disposition, filename) => {
  const [part] = parse(`--xYzZY\r\nContent-Disposition: ${disposition}\r\n\r\n\r\n--xYzZY--`);
  expect(part).toMatchObject({ name: "f", filename });
});

it("reads the name of a file that is no UTF-8", () => {
  const [part] = parse(
    latin1('--xYzZY\r\nContent-Disposition: form-data; name="f"; filename="Gr\xfc\xdfe"\r\n\r\n\r\n--xYzZY--'),
  );
  expect(part?.filename).toBe("Grüße");
});

it("reads parameters, and takes none for another's end", () => {
  expect(parameterOf("a/b; xname=1; name=2", "name")).toBe("2");
  expect(parameterOf("a/b; name=", "name")).toBe("");
  expect(parameterOf('a/b; x="', "x")).toBe('"');
  expect(parameterOf("name=1", "name")).toBeNull();
});
