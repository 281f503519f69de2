import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Redactor, secretForms, secretsIn } from "./redact.ts";

/** "user:opensesame" in base64. */
const BASIC = "Basic dXNlcjpvcGVuc2VzYW1l";
const bytes = (text: string) => new TextEncoder().encode(text);

describe("hide", () => {
  const shown = (text: string, headers: Record<string, string>) => new Redactor(secretsIn(headers)).hide(text);

  it.each([
    ['{"authorization":"Bearer abcdef123"}', '{"authorization":"••••"}'],
    ["you sent abcdef123, abcdef123!", "you sent ••••, ••••!"],
    ["abcdef12!", "abcdef12!"],
  ])("of what echoes a token, %s, leaves %s", (text, left) => {
    expect(shown(text, { Authorization: "Bearer abcdef123" })).toBe(left);
  });

  it("finds what Basic wraps", () => {
    expect(shown(`${BASIC} user:opensesame opensesame`, { Authorization: BASIC })).toBe("•••• •••• ••••");
  });

  it("leaves headers that are no credentials, and what is too short to be one", () => {
    expect(shown("acme corporation, ok", { "X-Tenant": "corporation", "X-Api-Key": "ok" })).toBe(
      "acme corporation, ok",
    );
  });

  it("takes the longest of those that lie in each other, and a value for no pattern", () => {
    const headers = { "X-Key": "secret-1", "X-Key-2": "secret-1-and-more", "X-Key-3": "$&$&$&" };
    expect(shown("secret-1-and-more $&$&$& secret-1.", headers)).toBe("•••• •••• ••••.");
  });

  it("masks a beginning of a secret where the text breaks off, but no word of five letters", () => {
    const redactor = new Redactor(["ababababc-and-more"]);
    expect(redactor.hide("you sent abababababc-an")).toBe("you sent ab••••");
    expect(redactor.hide("you sent ababa")).toBe("you sent ababa");
    expect(redactor.hide("you sent ababababd")).toBe("you sent ababababd");
  });

  it.each([
    "Authorization scheme must be Bearer",
    "The secret must begin with whsec_",
    'Bearer realm="api", error="invalid_token"',
  ])("leaves what is the beginning of many a secret: %s", (text) => {
    const secrets = [
      ...secretsIn({ Authorization: "Bearer opensesame" }),
      ...secretForms("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ];
    expect(new Redactor(secrets).hide(text)).toBe(text);
    expect(new Redactor(secrets).hide("Bearer opensesa")).toBe("Bearer ••••");
    expect(new Redactor(secrets).hide("whsec_MfKQ9r8G")).toBe("whsec_••••");
  });

  it("finds a signing secret of Standard Webhooks without its prefix, too", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    expect(new Redactor(secretForms(secret)).hide("key=MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.")).toBe("key=••••.");
  });
});

it("finds a signing secret without its padding, in the other alphabet, and in a name", () => {
  const redactor = new Redactor(secretForms("whsec_+/KQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ="));
  expect(redactor.hide("a +/KQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ b")).toBe("a •••• b");
  expect(redactor.hide("a -_KQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ b")).toBe("a •••• b");
  // The bytes that sign: "opensesame" and so on, as xxd writes them.
  const standard = new Redactor(secretForms("whsec_b3BlbnNlc2FtZWFnYWlu"));
  expect(standard.hide("key 6f70656e736573616d65616761696e.")).toBe("key ••••.");
  expect(standard.hide("key 6F70656E736573616D65616761696E.")).toBe("key ••••.");
  expect(redactor.touches("x--_kq9r8gkyqrtwjupd8ilpzio2lalaq")).toBe(true);
});

describe("whatever the spelling", () => {
  // Each by hand, or by the tool that is named.
  const secret = 'p@ss/w0rd+"é"<&>';
  const redactor = new Redactor([secret]);

  it.each([
    ["base64 (coreutils)", "cEBzcy93MHJkKyLDqSI8Jj4=", 22],
    ["base64 behind one byte", "eHBAc3MvdzByZCsiw6kiPCY+", 22],
    ["base64 behind two bytes", "eHhwQHNzL3cwcmQrIsOpIjwmPg==", 22],
    ["base64url behind one byte", "eHBAc3MvdzByZCsiw6kiPCY-", 22],
    ["hexadecimal", "704073732f773072642b22c3a9223c263e", 34],
    ["hexadecimal in capitals", "704073732F773072642B22C3A9223C263E", 34],
    ["percent-encoding", "p%40ss%2Fw0rd%2B%22%C3%A9%22%3C%26%3E", 37],
    ["percent-encoding in lower case", "p%40ss%2fw0rd%2b%22%c3%a9%22%3c%26%3e", 37],
    ["JSON", String.raw`p@ss/w0rd+\"é\"<&>`, 18],
    ["JSON of PHP", String.raw`p@ss\/w0rd+\"é\"<&>`, 19],
    ["JSON of Python", String.raw`p@ss/w0rd+\"\u00e9\"<&>`, 23],
    ["JSON of Go", String.raw`p@ss/w0rd+\"\u00e9\"\u003c\u0026\u003e`, 38],
    [
      "JSON with every character escaped",
      [...'p@ss/w0rd+"é"<&>'].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
      96,
    ],
    ["HTML by numbers", [...'p@ss/w0rd+"é"<&>'].map((each) => `&#${each.charCodeAt(0)};`).join(""), 80],
    [
      "HTML by hexadecimal numbers",
      [...'p@ss/w0rd+"é"<&>'].map((each) => `&#x${each.charCodeAt(0).toString(16)};`).join(""),
      80,
    ],
    ["HTML", "p@ss/w0rd+&quot;é&quot;&lt;&amp;&gt;", 36],
    ["HTML with every name there is", "p&commat;ss&sol;w0rd&plus;&quot;&#233;&quot;&lt;&amp;&gt;", 58],
    ["HTML without semicolons", "p&#64ss&#x2fw0rd&#43&#34é&#34&lt&amp&gt", 39],
    ["base64 in lines (MIME)", "cEBzcy93\r\nMHJkKyLD\r\nqSI8Jj4=", 26],
    ["base64 in lines, in JSON", String.raw`cEBzcy93\nMHJkKyLD\nqSI8Jj4=`, 26],
    ["base64 in lines, in a form", "cEBzcy93%0D%0AMHJkKyLD%0aqSI8Jj4%3D", 31],
    ["hexadecimal in groups (xxd)", "7040 7373 2f77 3072 642b 22c3 a922 3c26 3e", 42],
    ["percent-encoding, here and there", "p%40s%73/w0rd%2B%22é%22<&>", 26],
    ["JavaScript", String.raw`p\x40ss\/w0rd\u{2b}\"\u00E9\"\x3c&>`, 36],
    ["JavaScript in lines", 'p@ss/w\\\n0rd+\\\r\n"é"<&>', 21],
    ["JavaScript's octal", String.raw`p\100ss\57w0rd\53\42é\42<\46>`, 31],
    ["PHP's preg_quote", String.raw`p@ss\/w0rd\+"é"\<&\>`, 20],
    ["HTML with many zeros", "p&#000000000064;ss&#x00000000002f;w0rd+&#34;é&#34;&lt;&amp;&gt;", 63],
    ["white space of all kinds", 'p@ss\u00a0/w0rd\u2028+\u3000"é"<&>', 19],
    ["JavaScript's escape", "p@ss/w0rd+%22%u00E9%22%3C%26%3E", 31],
    ["JSON and percent-encoding at once", String.raw`p%40ss\u002fw0rd+\"%c3%A9\"<&>`, 31],
    ["all at once", String.raw`p&#64;ss\/w0rd%2B&quot;\u00e9%22&lt;&#x26;\u003e`, 47],
  ])("hides it in %s", (_, written, hidden) => {
    const left = redactor.hide(`a: ${written}!`);
    expect(left).toContain("••••");
    // Base64 leaves what shares its six bits with the neighbours: one character at each end at most, and padding.
    expect(left.replace("••••", "").length).toBeLessThanOrEqual(`a: ${written}!`.length - hidden + 2);
  });

  it("hides every secret in every encoding of every text it stands in", () => {
    // White space does not count: it comes and goes where texts are repeated.
    const opaque = fc.string({ minLength: 6, maxLength: 40 }).filter((drawn) => drawn.replace(/\s/g, "").length >= 6);
    const text = fc.string({ unit: fc.constantFrom(..."abc/+ é\"\\<&'%=\u{1f600}"), maxLength: 12 });
    fc.assert(
      fc.property(opaque, text, text, (hidden, before, after) => {
        const whole = before + hidden + after;
        const binary = String.fromCharCode(...bytes(whole));
        const plain = new Redactor([hidden]);
        for (const [encode, decode] of [
          [(t: string) => t, (t: string) => t],
          [encodeURIComponent, decodeURIComponent],
          [(t: string) => JSON.stringify(t).slice(1, -1), (t: string) => JSON.parse(`"${t}"`) as string],
        ] as const) {
          // Characters beyond ASCII, and surrogates, are the texts' matter, not the secret's.
          const left = plain.hide(encode(whole)).replaceAll("••••", "");
          let decoded: string;
          try {
            decoded = decode(left);
          } catch {
            continue;
          }
          expect(decoded.includes(hidden) && !(before + after).includes(hidden)).toBe(false);
        }
        const left = plain.hide(btoa(binary));
        expect(left).toContain("••••");
      }),
    );
  });
});

describe("what is escaped here and there", () => {
  const hexOf = (unit: string, digits: number) => unit.charCodeAt(0).toString(16).padStart(digits, "0");
  // How a character may be written, which must be where the text would say something else without it.
  const WAYS = {
    percent: { must: /%/, ways: [(c: string) => `%${hexOf(c, 2)}`, (c: string) => `%${hexOf(c, 2).toUpperCase()}`] },
    json: {
      must: /["\\]/,
      ways: [
        (c: string) => `\\u${hexOf(c, 4)}`,
        (c: string) => `\\x${hexOf(c, 2).toUpperCase()}`,
        (c: string) => (/["\\/]/.test(c) ? `\\${c}` : `\\u${hexOf(c, 4)}`),
      ],
    },
    html: { must: /&/, ways: [(c: string) => `&#${c.charCodeAt(0)};`, (c: string) => `&#x${hexOf(c, 4)};`] },
  };
  const secret = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 6,
    maxLength: 24,
  });
  const choices = fc.array(fc.nat(5), { minLength: 24, maxLength: 24 });

  it.each(Object.keys(WAYS) as (keyof typeof WAYS)[])("is hidden, and nothing beside it: %s", (kind) => {
    const { must, ways } = WAYS[kind];
    const write = (character: string, choice: number) => {
      const way = ways[choice % ways.length];
      return way && (choice < 3 || must.test(character)) ? way(character) : character;
    };
    fc.assert(
      fc.property(secret, choices, (hidden, chosen) => {
        const parts = [...hidden].map((character, at) => write(character, chosen[at] ?? 0));
        const written = parts.join("");
        const six = parts.slice(0, 6).join("");
        expect(new Redactor([hidden]).hide(`é ${written} é`)).toBe("é •••• é");
        // Broken off anywhere, nothing of it is told but fewer than six characters.
        for (let end = 0; end < written.length; end++) {
          const left = new Redactor([hidden]).hide(`é ${written.slice(0, end)}`);
          expect(left === "é ••••" || left.length <= 2 + six.length).toBe(true);
        }
      }),
    );
  });

  it("is hidden by all kinds at once", () => {
    const letters = fc
      .string({ unit: fc.constantFrom(..."abcXYZ019/+=-_.~ "), minLength: 8, maxLength: 24 })
      .filter((text) => text.replaceAll(" ", "").length > 6 && text.trim() === text);
    const all = Object.values(WAYS).flatMap(({ ways }) => ways);
    fc.assert(
      fc.property(letters, fc.array(fc.nat(20), { minLength: 24, maxLength: 24 }), (hidden, chosen) => {
        const written = [...hidden].map((character, at) => all[chosen[at] ?? 0]?.(character) ?? character).join("");
        expect(new Redactor([hidden]).hide(`é${written}é`)).toBe("é••••é");
      }),
    );
  });

  it("is found in time that grows with the text", () => {
    // Every escape that only begins, for long.
    for (const unit of ["%", "\\", "&", "&#", "\\u", "%4", "&#x", "\\ud83d", "&a", "\\u{0"]) {
      expect(new Redactor(["a secret of mine"]).hide(unit.repeat(200_000))).toBe(unit.repeat(200_000));
    }
  });
});

describe("the beginning", () => {
  const redactor = new Redactor(["0123456789"]);

  it("never has a part of a secret that lies across its end", () => {
    for (let before = 80; before <= 110; before++) {
      const text = `${"x".repeat(before)}0123456789${"y".repeat(100)}`;
      const kept = redactor.beginning(bytes(text).subarray(0, 100 + redactor.reach), 100);
      expect(kept).not.toMatch(/0/);
      expect(bytes(kept).length).toBeLessThanOrEqual(100);
      expect(kept.startsWith("x".repeat(Math.min(before, 88)))).toBe(true);
    }
  });

  it("shows nothing of what lies behind it, however much a mask is shorter", () => {
    const secret = "s".repeat(90);
    const text = `${secret.repeat(3)}after`;
    expect(new Redactor([secret]).beginning(bytes(text), 100)).toBe("••••");
  });

  it("has no more bytes than that, of whatever bytes, and is what UTF-8 says", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 200 }), (raw, most) => {
        const kept = new Redactor([]).beginning(raw, most);
        expect(bytes(kept).length).toBeLessThanOrEqual(most);
        expect(new TextDecoder().decode(raw).startsWith(kept)).toBe(true);
      }),
    );
  });

  it("cuts no character", () => {
    expect(new Redactor([]).beginning(bytes("aé€"), 3)).toBe("aé");
    expect(new Redactor([]).beginning(bytes("aé€"), 5)).toBe("aé");
    expect(new Redactor([]).beginning(bytes("aé€"), 6)).toBe("aé€");
  });
});

it("a name that holds a secret is known in any case", () => {
  const redactor = new Redactor(["Open-Sesame"]);
  expect(redactor.touches("x-open-sesame")).toBe(true);
  expect(redactor.touches("x-open")).toBe(false);
});
