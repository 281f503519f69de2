import { describe, expect, it } from "vitest";
import { mailText } from "../../src/inbound/parsing/mail-text.ts";
import { REPLY_CASES } from "./reply-cases.ts";

const said = (text: string | null) =>
  (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

describe("an answer and what stands below it", () => {
  it.each(REPLY_CASES.map((each) => [`${each.client} (${each.language})`, each] as const))("of %s", (_, each) => {
    const { text = null, html = null, subject = null, reply, quoted } = each;
    const found = mailText({ text, html, subject });
    expect(found).toMatchObject({ reply, quoted });
    if (text !== null && text.trim() !== "") expect(found.text).toBe(text);
    expect([...said(found.reply), ...said(found.quoted)]).toEqual(said(found.text));
  });

  it("is the same where lines end as in mails", () => {
    for (const { text, html, subject = null, reply, quoted } of REPLY_CASES) {
      if (text === undefined || html !== undefined) continue;
      expect(mailText({ text: text.replaceAll("\n", "\r\n"), html: null, subject })).toMatchObject({ reply, quoted });
    }
  });

  it("is known in many languages and of many programs", () => {
    expect(REPLY_CASES.length).toBeGreaterThanOrEqual(80);
    expect(new Set(REPLY_CASES.map(({ language }) => language)).size).toBeGreaterThanOrEqual(20);
  });
});
