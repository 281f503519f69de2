import { describe, expect, it } from "vitest";
import { hostileMails } from "../../../test/support/hostile-mails.ts";
import { normaliseSes } from "../families/ses.ts";
import { MalformedCallback } from "../provider.ts";
import { BYTES_PER_LINE, checkMail, FREE_LINES } from "./mail-bounds.ts";
import { parseMail } from "./mime.ts";
import { newText } from "./reply.ts";

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
    const { text } = parsed as Awaited<ReturnType<typeof parseMail>>;
    const steps = { taken: 0 };
    newText(text ?? "", steps);
    expect(steps.taken).toBeLessThanOrEqual(60 * ((text ?? "").length + 100));
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
