import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback, mac, NOW, verifyContext } from "../../../../test/inbound/callback.ts";
import { MalformedCallback } from "../../provider.ts";
import { slack } from "./provider.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const source = (signing_secret: unknown = SECRET, options = {}) => ({
  credentials: { signing_secret },
  options,
  callbackUrl: CALLBACK_URL,
});
const sign = (body: string, time: number, secret = SECRET) => ({
  "X-Slack-Request-Timestamp": String(time),
  "X-Slack-Signature": `v0=${mac("sha256", secret, `v0:${time}:${body}`, "hex")}`,
});
const verify = (body: string, headers: Record<string, string>, from = source()) =>
  slack.verify(callback(body, headers), from, verifyContext());

const EVENT =
  '{"type":"event_callback","event":{"type":"message","text":"Hi"},"event_id":"Ev1","event_time":1700000000}';
const CHALLENGE = '{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd","type":"url_verification"}';
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

describe("verification", () => {
  it("allows five minutes, before and after", async () => {
    for (const [age, verdict] of [
      [0, "verified"],
      [300, "verified"],
      [301, "stale"],
      [-300, "verified"],
      [-301, "stale"],
    ] as const) {
      expect(await verify(EVENT, sign(EVENT, NOW - age))).toBe(verdict);
    }
    expect(await verify(EVENT, sign(EVENT, 1), source(SECRET, { tolerance: 0 }))).toBe("verified");
  });

  it("covers the check of the URL too", async () => {
    expect(await verify(CHALLENGE, sign(CHALLENGE, NOW))).toBe("verified");
    expect(await verify(CHALLENGE, {})).toBe("missing_signature");
    expect(await slack.handshake(callback(CHALLENGE), source())).toBeNull();
  });

  it("says what is wrong", async () => {
    const right = sign(EVENT, NOW);
    const signature = right["X-Slack-Signature"];
    const with_ = (more: Record<string, string>) => verify(EVENT, { ...right, ...more });
    expect(await with_({ "X-Slack-Signature": "" })).toBe("missing_signature");
    expect(await with_({ "X-Slack-Request-Timestamp": "" })).toBe("missing_signature");
    expect(await with_({ "X-Slack-Signature": signature.replace("v0", "v1") })).toBe("bad_signature");
    expect(await with_({ "X-Slack-Signature": signature.slice(3) })).toBe("bad_signature");
    expect(await with_({ "X-Slack-Request-Timestamp": String(NOW + 1) })).toBe("bad_signature");
    expect(await with_({ "X-Slack-Request-Timestamp": `${NOW} ` })).toBe("verified");
    expect(await with_({ "X-Slack-Request-Timestamp": "soon" })).toBe("bad_signature");
    expect(await verify(`${EVENT} `, right)).toBe("bad_signature");
  });

  it("takes either of two secrets", async () => {
    expect(await verify(EVENT, sign(EVENT, NOW), source(["new", SECRET]))).toBe("verified");
    expect(await verify(EVENT, sign(EVENT, NOW, "new"), source(["new", SECRET]))).toBe("verified");
    expect(await verify(EVENT, sign(EVENT, NOW, "old"), source(["new", SECRET]))).toBe("bad_signature");
  });
});

describe("normalisation", () => {
  const normalise = (body: string, headers = {}) => slack.normalise(callback(body, headers), source());

  it("passes an event on", async () => {
    const occurred_at = "2023-11-14T22:13:20.000Z";
    const raw = JSON.parse(EVENT);
    expect(await normalise(EVENT)).toEqual([{ type: "generic", event: "message", dedup_key: "Ev1", occurred_at, raw }]);
  });

  it("answers a challenge with the challenge", async () => {
    const records = await normalise(CHALLENGE);
    expect(slack.respond(records)).toEqual({
      status: 200,
      contentType: "text/plain",
      body: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd",
    });
    expect(records).toMatchObject([{ type: "control" }]);
  });

  it("keeps others as receipts", async () => {
    expect(await normalise('{"type":"app_rate_limited","minute_rate_limited":1}')).toEqual([
      { type: "ignored", reason: "app_rate_limited", dedup_key: null },
    ]);
  });

  it("passes commands and interactions on, which come as forms", async () => {
    const command = "command=%2Fweather&text=Graz+now&trigger_id=13345224609.738474920";
    expect(await normalise(command, FORM)).toEqual([
      {
        type: "generic",
        event: "slash_command",
        dedup_key: "13345224609.738474920",
        occurred_at: null,
        raw: { command: "/weather", text: "Graz now", trigger_id: "13345224609.738474920" },
      },
    ]);
    const text = '{"type":"view_closed","team":{"id":12345678901234567890}}';
    const interaction = `payload=${encodeURIComponent(text)}`;
    const digest = createHash("sha256").update(interaction).digest("hex");
    expect(await normalise(interaction, FORM)).toMatchObject([{ event: "view_closed", dedup_key: digest, text }]);
  });

  it("makes nothing of what Slack does not write", async () => {
    for (const body of ["", "[]", '{"type":"url_verification"}', '{"type":"event_callback","event_id":"Ev1"}']) {
      await expect(normalise(body)).rejects.toThrow(MalformedCallback);
    }
    for (const body of ["", "payload=x", "a=b"]) {
      await expect(normalise(body, FORM)).rejects.toThrow(MalformedCallback);
    }
  });
});
