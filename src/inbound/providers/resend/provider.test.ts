import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { at, callback, jsonCallback, sourceWith } from "../../../../test/inbound/callback.ts";
import { resend } from "./provider.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const TIME = 1614265330;
const source = sourceWith({ signing_secret: SECRET });

function signed(body: string, family = "svix") {
  const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
  const mac = createHmac("sha256", key).update(`msg_1.${TIME}.${body}`).digest("base64");
  return callback(body, {
    [`${family}-id`]: "msg_1",
    [`${family}-timestamp`]: String(TIME),
    [`${family}-signature`]: `v1,${mac}`,
  });
}

describe("verification", () => {
  const body = '{"type": "email.sent"}';

  it("is by either family of headers", async () => {
    for (const family of ["svix", "webhook"]) {
      expect(await resend.verify(signed(body, family), source, at(TIME))).toBe("verified");
    }
  });

  it("refuses a body that is printed anew, and what is old or unsigned", async () => {
    const printed = { ...signed(body), body: callback('{"type":"email.sent"}').body };
    expect(await resend.verify(printed, source, at(TIME))).toBe("bad_signature");
    expect(await resend.verify(signed(body), source, at(TIME + 301))).toBe("stale");
    expect(await resend.verify(callback(body), source, at(TIME))).toBe("missing_signature");
    expect(resend.refuse("missing_signature").status).toBe(401);
    expect(resend.refuse("bad_signature").status).toBe(403);
  });

  it("takes either of two secrets", async () => {
    const two = sourceWith({ signing_secret: ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", SECRET] });
    expect(await resend.verify(signed(body), two, at(TIME))).toBe("verified");
  });

  it("takes no secret that is none", () => {
    const { error } = resend.credentials.safeParse({ signing_secret: "whsec_" });
    expect(error?.issues[0]?.message).toContain("must be base64");
  });
});

const normalise = async (event: unknown) => (await resend.normalise(signed(JSON.stringify(event)), source))[0];

describe("an event", () => {
  const data = { email_id: "56761188", message_id: "<0100@resend.dev>", to: ["A <a@example.com>"] };
  const created_at = "2026-01-01T23:41:12.126Z";

  it("is told", async () => {
    const event = {
      type: "email.bounced",
      created_at,
      data: { ...data, bounce: { message: "no such mailbox", type: "Permanent", subType: "General" } },
    };
    expect(await normalise(event)).toEqual({
      type: "status",
      channel: "email",
      status: "bounced",
      message_id: "56761188",
      recipient: "a@example.com",
      soft: false,
      error: { code: "General", text: "no such mailbox" },
      occurred_at: created_at,
      dedup_key: "msg_1",
      raw: event,
    });
  });

  it.each([
    ["email.scheduled", {}, { status: "queued" }],
    ["email.sent", {}, { status: "sent" }],
    ["email.delivery_delayed", {}, { status: "deferred" }],
    ["email.delivered", {}, { status: "delivered" }],
    ["email.bounced", { bounce: { type: "Transient" } }, { status: "bounced", soft: true }],
    ["email.failed", { failed: { reason: "quota" } }, { status: "failed", error: { code: "quota", text: "quota" } }],
    [
      "email.suppressed",
      { suppressed: { message: "m", type: "t" } },
      { status: "dropped", error: { code: "t", text: "m" } },
    ],
    ["email.delivered", { to: ["a@example.com", "b@example.com"] }, { status: "delivered", recipient: null }],
  ])("%s is taken with %o", async (type, more, record) => {
    expect(await normalise({ type, created_at, data: { ...data, ...more } })).toMatchObject({
      type: "status",
      ...record,
    });
  });

  it("is a bounce of neither kind where Resend could not determine it", async () => {
    // https://resend.com/docs/dashboard/emails/email-bounces
    const bounce = { type: "Undetermined", subType: "Undetermined" };
    const record = await normalise({ type: "email.bounced", created_at, data: { ...data, bounce } });
    expect(record).toMatchObject({ status: "bounced" });
    expect(record).not.toHaveProperty("soft");
  });

  it("that has no status is ignored", async () => {
    for (const type of ["contact.created", "domain.updated", "suppression.added", "email.unheard_of", undefined]) {
      expect(await normalise({ type, created_at, data: {} })).toMatchObject({ type: "ignored", dedup_key: "msg_1" });
    }
  });

  it("is malformed where it is none", async () => {
    for (const body of ["[]", "null", "{"]) {
      await expect(resend.normalise(signed(body), source)).rejects.toMatchObject({ name: "MalformedCallback" });
    }
  });
});

it("a mail is told as far as it is brought", async () => {
  const mail = {
    type: "email.received",
    created_at: "2026-01-01T23:41:12.126Z",
    data: {
      email_id: "56761189",
      from: "Jane Doe <jane@example.org>",
      to: ["Support <support@example.com>"],
      cc: ["c@example.com"],
      received_for: ["in@example.com"],
      message_id: "<abc@mail.example.com>",
      reply_to: ["Help <help@example.org>"],
      headers: {
        "in-reply-to": "<2@example.com>",
        references: "<1@example.com> <2@example.com>",
        sender: "office@example.org",
        auto: null,
      },
      subject: "Question",
      attachments: [{ id: "att_1", filename: "r.pdf", content_type: "application/pdf", content_id: "<x@y>" }],
    },
  };
  expect(await normalise(mail)).toEqual({
    type: "inbound",
    channel: "email",
    message_id: "56761189",
    mail_id: "<abc@mail.example.com>",
    from: "jane@example.org",
    from_name: "Jane Doe",
    to: ["support@example.com"],
    envelope: { from: null, to: ["in@example.com"] },
    reply_to: ["help@example.org"],
    sender: "office@example.org",
    auto: null,
    delivered_to: [],
    in_reply_to: "<2@example.com>",
    references: ["<1@example.com>", "<2@example.com>"],
    cc: ["c@example.com"],
    subject: "Question",
    text: null,
    html: null,
    media: [{ content_type: "application/pdf", filename: "r.pdf", provider_media_id: "att_1", content_id: "x@y" }],
    occurred_at: "2026-01-01T23:41:12.126Z",
    dedup_key: "msg_1",
    raw: mail,
  });
  await expect(resend.normalise(jsonCallback({ type: "email.received" }), source)).rejects.toMatchObject({
    name: "MalformedCallback",
  });
});
