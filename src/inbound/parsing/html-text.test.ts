import * as fc from "fast-check";
import { expect, it } from "vitest";
import { Steps } from "../../lib/steps.ts";
import { htmlToText, textToHtml } from "./html-text.ts";

const text = (html: string) => htmlToText(html, new Steps());

it.each([
  ["<p>Gr&uuml;&szlig;e</p><p>aus&nbsp;K&#246;ln &#x1f600;</p>", "Grüße\n\naus\u00a0Köln 😀"],
  ["one<br>two<BR />three", "one\ntwo\nthree"],
  ['see <a class="x" href="https://example.com/?a=1&amp;b=2">there</a>', "see there (https://example.com/?a=1&b=2)"],
  [
    '<a href="mailto:jo@example.com">jo@example.com</a>, <a href="https://x.org">https://x.org</a>',
    "jo@example.com, https://x.org",
  ],
  ["<ul><li>a<li>b</ul>", "* a\n* b"],
  ["a\nb<pre>c  d\ne</pre>f\ng", "a b\n\nc d\ne\n\nf g"],
  ["a<br>-- <br>b --", "a\n-- \nb --"],
  [
    "a<blockquote type=cite>b<br><blockquote TYPE='cite'>c</blockquote>d</blockquote>e",
    "a\n\n> b\n\n> > c\n\n> d\n\ne",
  ],
  ["a<blockquote>b</blockquote>", "a\n\nb"],
  ["a<div>&nbsp;</div><div> </div>b", "a\n\nb"],
  ["<head><title>no</title><style>p > a {}</style></head>yes<SCRIPT>if (a<b) no()</Script>.", "yes."],
  ["a<!-- <p>no</p> -->b", "ab"],
  ["1 < 2", "1 < 2"],
  // https://html.spec.whatwg.org/#tag-open-state: what no letter follows begins no tag.
  ["<p>We measured <5 ms, and 3 < 5 <b>now</b>.</p>I <3 you", "We measured <5 ms, and 3 < 5 now.\n\nI <3 you"],
  ['<img alt="1 > 0">after <a title=\'x > y\' href="https://e.example">link</a>', "after link (https://e.example)"],
  ['<p title="open>a</p>b', "a\n\nb"],
  // The end of a head may be left out: https://html.spec.whatwg.org/#optional-tags
  ["<html><head><meta charset=utf-8><body>Hello<header>Acme</header><p>bye</p>", "Hello\n\nAcme\n\nbye"],
  ["x<!-->keep<p>more", "xkeep\n\nmore"],
  // https://html.spec.whatwg.org/#numeric-character-reference-end-state
  ["it&#146;s 5&#150;6 &#128;", "it\u2019s 5\u20136 €"],
  ["<b>a</b> &unknown; &#55296;", "a &unknown; \ufffd"],
  ["", ""],
])("%j reads %j", (html, expected) => {
  expect(text(html)).toBe(expected);
});

it("a text is shown as it stands", () => {
  expect(textToHtml(' <b>&\n"it\'s" ')).toBe("<div>&lt;b&gt;&amp;<br />&quot;it&#39;s&quot;</div>");
});

it("costs as much for each character whatever it is made of", () => {
  const tokens = [
    "<",
    ">",
    "<a ",
    "href=",
    "href ='",
    '"',
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<style",
    "</head",
    "&amp",
    "<blockquote type=cite>",
    "</blockquote>",
    "<div id=",
    "</div>",
  ];
  const pieces = fc.array(fc.constantFrom(...tokens, " ", "\n", "x", "&#"), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(pieces, (some) => {
      const html = some.join("").repeat(10_000);
      const steps = new Steps();
      htmlToText(html, steps);
      expect(steps.taken / html.length).toBeLessThan(20);
    }),
    { numRuns: 60 },
  );
});
