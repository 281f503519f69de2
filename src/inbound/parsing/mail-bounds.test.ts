import { describe, expect, it } from "vitest";
import { hostileMails } from "../../../test/support/hostile-mails.ts";
import { normaliseSes } from "../families/ses.ts";
import { MalformedCallback } from "../provider.ts";
import { BYTES_PER_LINE, checkMail, FREE_LINES } from "./mail-bounds.ts";
import { mailText } from "./mail-text.ts";
import { parseMail } from "./mime.ts";

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const faultOf = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe.each(hostileMails())("a mail of $name", ({ mail, real }) => {
  const raw = latin1(mail);

  it(`${real ? "passes" : "is refused"}, in no more steps than it may have lines`, () => {
    const steps = { taken: 0 };
    const fault = faultOf(() => checkMail(raw, steps));
    expect(steps.taken).toBeLessThanOrEqual(FREE_LINES + raw.length / BYTES_PER_LINE + 1);
    if (real) expect(fault).toBeUndefined();
    else expect(fault === undefined || fault instanceof MalformedCallback).toBe(true);
  });

  it(real ? "is read, and its answer found" : "is refused for what it has too much of", async () => {
    const parsed = await parseMail(raw).catch((error: unknown) => error);
    if (!real) {
      expect(parsed).toBeInstanceOf(MalformedCallback);
      return;
    }
    expect(parsed).not.toBeInstanceOf(Error);
    const { text, html } = parsed as Awaited<ReturnType<typeof parseMail>>;
    const steps = { taken: 0 };
    mailText({ text, html: html ?? null }, steps);
    expect(steps.taken).toBeLessThanOrEqual(60 * ((text ?? "").length + (html ?? "").length + 100));
  });

  it("comes by SES like that, or not at all", async () => {
    // SNS carries 150 KB of a mail at most: more, and SES sends none of it along.
    if (mail.length > 150_000) return;
    const content = btoa(mail);
    const receipt = { action: { type: "SNS", encoding: "BASE64" }, recipients: ["help@in.example.com"] };
    const told = { notificationType: "Received", mail: { source: "jo@example.com", messageId: "1" }, receipt, content };
    const outcome = await normaliseSes(JSON.stringify(told), "n").catch((error: unknown) => error);
    if (real) expect(outcome).toMatchObject([{ type: "inbound", channel: "email" }]);
    else expect(outcome).toBeInstanceOf(MalformedCallback);
  });
});

describe("a mail may have as much as is documented, and no more", () => {
  const MB = 1024 * 1024;
  const list = (boundary: string) => `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n`;
  const repeat = (n: number, each: (index: number) => string) =>
    Array.from({ length: n }, (_, index) => each(index)).join("");
  /** Lines of exactly a kilobyte without their ends. */
  const kilobytes = (n: number) => `${"t".repeat(1024)}\r\n`.repeat(n);

  // Of each bound the figure in the documents, a mail that has so many, and why one that has more is none.
  it.each<[what: string, most: number, mail: (n: number) => string, why: string]>([
    // Of two bytes each, twenty make room for one more.
    ["lines", 20_000 + 1052, (n) => "\r\n".repeat(n), "lines."],
    ["lines of headers", 10_000, (n) => `${"X: 1\r\n".repeat(n)}\r\nHello`, "lines of headers"],
    ["kilobytes of headers", 512, (n) => `${`X: ${"h".repeat(1021)}\r\n`.repeat(n)}\r\nHello`, "bytes of headers"],
    ["kilobytes of text", 8 * 1024, (n) => `Subject: x\r\n\r\n${kilobytes(n)}`, `${8 * MB} bytes of text`],
    ["lines like boundaries", 10_000, (n) => `Subject: x\r\n\r\n${"--x\r\n".repeat(n)}`, "like a boundary"],
    ["parts", 1000, (n) => list("b") + repeat(n, (part) => `--b\r\n\r\n${part}\r\n`), "parts."],
    [
      "lists of parts",
      100,
      (n) => list("b") + repeat(n - 1, (part) => `--b\r\n${list(`c${part}`)}--c${part}--\r\n`),
      "lists of parts",
    ],
    ["lists in one another", 32, (n) => repeat(n, (level) => `${list(`b${level}`)}--b${level}\r\n`), "nest more"],
  ])("%s: %i", (_, most, mail, why) => {
    expect(faultOf(() => checkMail(latin1(mail(most))))).toBeUndefined();
    const fault = faultOf(() => checkMail(latin1(mail(most + 1))));
    expect(fault).toBeInstanceOf(MalformedCallback);
    expect(String(fault)).toContain(why);
  });
});
