import { describe, expect, it } from "vitest";
import { base64Url, utf8 } from "../../lib/bytes.ts";
import { openJws } from "./jws.ts";

/** RFC 7515, A.1: the token, and its key, which is bytes that are no text. */
const RFC_TOKEN =
  "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/** jwt.io's example, signed with its documented secret. */
const TOKEN =
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
const SECRET = "your-256-bit-secret";
const ALL = ["HS256", "HS384", "HS512"];

const part = (value: unknown) => base64Url(utf8(JSON.stringify(value)));

describe("a token", () => {
  it("that a secret has signed is opened", async () => {
    expect(await openJws(TOKEN, ["another", SECRET], ALL)).toEqual({
      ok: true,
      jws: { algorithm: "HS256", claims: { sub: "1234567890", name: "John Doe", iat: 1516239022 } },
    });
  });

  it("of another secret, or changed, is refused", async () => {
    const [head, , mark] = TOKEN.split(".");
    for (const [token, secret] of [
      [TOKEN, "another"],
      [RFC_TOKEN, SECRET],
      [`${head}.${part({ sub: "1" })}.${mark}`, SECRET],
    ] as const) {
      expect(await openJws(token, [secret], ALL)).toEqual({ ok: false, reason: "bad_signature" });
    }
  });

  it.each(["none", "RS256", "HS256 ", "hs256", "toString"])("of the algorithm %s is refused", async (alg) => {
    const token = `${part({ alg })}.${part({})}.${part("x")}`;
    expect(await openJws(token, [SECRET], [...ALL, alg])).toEqual({ ok: false, reason: "unsupported" });
  });

  it.each([`${"[".repeat(5000)}${"]".repeat(5000)}`, '{"toString":1,"valueOf":1}', "null", "7"])(
    "of an algorithm that is no text is refused: %#",
    async (alg) => {
      const token = `${base64Url(utf8(`{"alg":${alg}}`))}.${part({})}.${part("x")}`;
      expect(await openJws(token, [SECRET], ALL)).toEqual({ ok: false, reason: "unsupported" });
    },
  );

  it("of an algorithm that is not allowed here is refused", async () => {
    expect(await openJws(TOKEN, [SECRET], ["HS512"])).toEqual({ ok: false, reason: "unsupported" });
  });

  it.each(["", "a", "a.b", "a.b.c", `${TOKEN}.x`, `${TOKEN}=`, "..", `${part([])}.${part({})}.x`])(
    "that is none is refused: %s",
    async (token) => {
      expect(await openJws(token, [SECRET], ALL)).toEqual({ ok: false, reason: "malformed" });
    },
  );
});
