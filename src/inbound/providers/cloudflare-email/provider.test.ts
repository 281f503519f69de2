import { describe, expect, it } from "vitest";
import { callback, sourceWith } from "../../../../test/inbound/callback.ts";
import { cloudflareEmail, ENVELOPE } from "./provider.ts";

const normalise = (lines: string[], envelope: Record<string, string>) =>
  cloudflareEmail.normalise(callback(lines.join("\r\n"), envelope), sourceWith({}));
const to = { [ENVELOPE.to]: "inbox@in.example.com" };

describe("a mail", () => {
  it("is by whom its From names, and its envelope stands apart", async () => {
    const lines = ["From: Jane Doe <jane@example.com>", "To: reply+42@in.example.com", "Message-ID: <1@x>", "", "a"];
    const from = "support+caf_=help=in.example.com@company.example";
    expect(await normalise(lines, { ...to, [ENVELOPE.from]: from })).toMatchObject([
      {
        from: "jane@example.com",
        from_name: "Jane Doe",
        to: ["reply+42@in.example.com"],
        envelope: { from, to: ["inbox@in.example.com"] },
        dedup_key: "<1@x>|inbox@in.example.com",
      },
    ]);
  });

  // RFC 5321, 4.5.5: notifications of delivery have an empty reverse path.
  it("may be from nobody", async () => {
    expect(await normalise(["Subject: a", "", "b"], { ...to, [ENVELOPE.from]: "" })).toMatchObject([
      { from: null, to: ["inbox@in.example.com"], envelope: { from: null } },
    ]);
    await expect(normalise(["Subject: a", "", "b"], to)).rejects.toMatchObject({ name: "MalformedCallback" });
    await expect(normalise(["From: a@x.example", "", "b"], {})).rejects.toMatchObject({ name: "MalformedCallback" });
  });
});
