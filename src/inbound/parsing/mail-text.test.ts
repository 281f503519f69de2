import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Steps } from "../../lib/steps.ts";
import { mailText } from "./mail-text.ts";

const said = (text: string | null) =>
  (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

describe("a mail's text", () => {
  it.each([
    [{ text: null }, { text: null, reply: null, quoted: null }],
    [{ text: "" }, { text: "", reply: "", quoted: null }],
    [
      { text: null, html: "<p> </p>" },
      { text: null, reply: null, quoted: null },
    ],
    [
      { text: "\u00a0\n", html: "<b>Yes</b>" },
      { text: "Yes", reply: "Yes", quoted: null },
    ],
    [
      { text: "Yes", html: "<b>No</b>" },
      { text: "Yes", reply: "Yes", quoted: null },
    ],
  ])("of %j is %j", (mail, expected) => {
    expect(mailText(mail)).toEqual(expected);
  });

  it("is cut where its HTML says, though places and pictures are written differently in both", () => {
    const html =
      '<div>See <a href="https://example.com/a">this</a>: <img alt="x"></div><ol><li>One</ol>' +
      '<div class="gmail_quote">vosede<blockquote class="gmail_quote">Old</blockquote></div>';
    const text = "See this <https://example.com/a>: [image: x]\n\n   1. One\n\nvosede\n\n> Old";
    expect(mailText({ text, html })).toMatchObject({ quoted: "vosede\n\n> Old" });
  });

  it("is cut by its own words where its HTML is another text", () => {
    const html = '<p>Hello</p><div id="appendonsend"></div><p>Bye</p>';
    expect(mailText({ text: "A\n\n-- \nB", html })).toMatchObject({ reply: "A", quoted: "-- \nB" });
  });
});

const TEXT = [
  "word ",
  "\n",
  "\n\n",
  "\n> q",
  "\n-- \n",
  "On 1 May 2026 x@y wrote:",
  "From: a\nTo: b\nDate: c\n",
  "https://",
];
const HTML = [
  "<p>",
  "</p>",
  "<br>",
  "word ",
  "<blockquote type=cite>",
  "</blockquote>",
  '<div class="gmail_quote">',
].concat([
  '<div id="appendonsend">',
  "</div>",
  '<div class="yahoo_quoted">',
  "<hr>",
  '<a href="https://x.org">',
  "</a>",
  "&nbsp;",
  "<!--",
  "<",
]);
const some = (of: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom(...of), { minLength: 1, maxLength }).map((tokens) => tokens.join(""));

it("no line of it is lost", () => {
  fc.assert(
    fc.property(some([...TEXT, " "], 20), some(HTML, 20), (text, html) => {
      for (const mail of [
        { text, html },
        { text: null, html },
      ]) {
        const found = mailText(mail);
        expect([...said(found.reply), ...said(found.quoted)]).toEqual(said(found.text));
      }
    }),
    { numRuns: 300 },
  );
});

it("takes time that grows with its length", () => {
  fc.assert(
    fc.property(some(TEXT, 6), some(HTML, 6), (text, html) => {
      const mail = { text: text.repeat(3000), html: html.repeat(3000) };
      const steps = new Steps();
      mailText(mail, steps);
      mailText({ text: null, html: mail.html }, steps);
      expect(steps.taken).toBeLessThan(60 * (mail.text.length + 2 * mail.html.length));
    }),
    { numRuns: 60 },
  );
});
