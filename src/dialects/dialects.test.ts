import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { cases } from "./cases.ts";
import { community } from "./community.ts";
import { gopimi } from "./gopimi.ts";
import { dialects } from "./index.ts";
import { platform } from "./platform.ts";
import { standard } from "./standard.ts";

const message = {
  deliveryId: "01a200d2-76b0-7000-8000-001000000001",
  eventId: "evt_01M80D4XNG000000001001WGQE",
  type: "ticket.created",
  channels: [],
  occurredAt: Date.UTC(2026, 2, 26, 14, 30, 0),
  data: '{"id":42,"price":1.0}',
  workspace: { id: 1, externalId: "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51", communityName: "Acme" },
};

describe("gopimi", () => {
  it("writes the documented envelope, keys in order, whole seconds", () => {
    expect(gopimi.body(message)).toBe(
      '{"event":"ticket.created","timestamp":"2026-03-26T14:30:00Z","workspace_id":1,"data":{"id":42,"price":1.0}}',
    );
  });

  it("signs the body so that the documented recipe accepts it", async () => {
    const body = gopimi.body({ ...message, data: '"Zürich ✓"' });
    const signature = await gopimi.sign(["newest secret of all", "an older one........"], message, 0, body);
    expect(signature).toBe(createHmac("sha256", "newest secret of all").update(body).digest("hex"));
    expect(gopimi.headers(message, { timestamp: 0, signature })["x-gopimi-signature"]).toBe(signature);
  });
});

describe("platform", () => {
  it("writes the envelope of tickets and that of surveys, keys in order, milliseconds", () => {
    expect(platform.body(message)).toBe(
      '{"organizationId":"a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51","eventType":"ticket.created","eventId":"evt_01M80D4XNG000000001001WGQE","timestamp":"2026-03-26T14:30:00.000Z","data":{"id":42,"price":1.0}}',
    );
    expect(platform.body({ ...message, type: "survey.response_completed", channels: ["survey-7"] })).toBe(
      '{"surveyId":"survey-7","eventType":"survey.response_completed","eventId":"evt_01M80D4XNG000000001001WGQE","timestamp":"2026-03-26T14:30:00.000Z","data":{"id":42,"price":1.0}}',
    );
  });

  it("bears a signature with its algorithm's name, and none without a secret", async () => {
    const body = platform.body(message);
    const signature = await platform.sign(["sixteen characters"], message, 0, body);
    const digest = createHmac("sha256", "sixteen characters").update(body).digest("hex");
    expect(platform.headers(message, { timestamp: 0, signature })["x-webhook-signature"]).toBe(`sha256=${digest}`);
    expect(platform.headers(message, { timestamp: 0, signature: undefined })).toEqual({
      "content-type": "application/json",
      "x-webhook-event": "ticket.created",
      "x-webhook-delivery": message.deliveryId,
    });
    expect(platform.secret.required).toBe(false);
  });
});

describe("cases", () => {
  it("writes its envelope, keys in order, whole seconds", () => {
    expect(cases.body({ ...message, type: "cases.tasks.created" })).toBe(
      '{"id":"evt_01M80D4XNG000000001001WGQE","type":"cases.tasks.created","timestamp":"2026-03-26T14:30:00Z","data":{"id":42,"price":1.0}}',
    );
  });
});

describe("community", () => {
  const statusChange = '{"InboxLink":"","PreviousTicketStatus":"open","Ticket":{"Id":4478963,"Status":"pending"}}';

  it("writes its envelope, with the ticket's id where the event has one", () => {
    const named = { ...message, workspace: { ...message.workspace, communityName: "yourCompany" } };
    expect(community.body({ ...named, type: "ticket_status_change", data: statusChange })).toBe(
      `{"CommunityName":"yourCompany","EventType":"ticket_status_change","Events":[${statusChange}],"TicketId":4478963}`,
    );
    expect(community.body({ ...named, type: "note_deletion", data: '{"NoteId":182605}' })).toBe(
      '{"CommunityName":"yourCompany","EventType":"note_deletion","Events":[{"NoteId":182605}]}',
    );
  });

  it.each([
    ["https://a.example/webhooks", "https://a.example/webhooks?challenge=2135675231&verifyToken=someverificationtoken"],
    [
      "https://a.example/w?x=%20a+b&y",
      "https://a.example/w?x=%20a+b&y&challenge=2135675231&verifyToken=someverificationtoken",
    ],
    ["https://a.example/w#part", "https://a.example/w?challenge=2135675231&verifyToken=someverificationtoken"],
  ])("asks %s by appending to its own query", (target, asked) => {
    expect(community.handshake?.url(target, "2135675231", "someverificationtoken")).toBe(asked);
  });

  it("keeps a token from adding parameters of its own", () => {
    const asked = community.handshake?.url("https://a.example/", "1", "a&b=c d") ?? "";
    expect(new URL(asked).searchParams.get("verifyToken")).toBe("a&b=c d");
  });

  it("takes 200 with the challenge, bare or among other words, and nothing else", () => {
    const passes = (status: number, body: string) => community.handshake?.passes(status, body, "2135675231");
    expect(passes(200, " 2135675231\n")).toBe(true);
    expect(passes(200, '{"challenge":"2135675231"}')).toBe(true);
    expect(passes(201, "2135675231")).toBe(false);
    expect(passes(200, "213567523")).toBe(false);
    expect(passes(200, "")).toBe(false);
  });
});

describe.each([
  ["standard", standard],
  ["cases", cases],
] as const)("%s", (_, standard) => {
  it("signs so that the specification's own library accepts it, with every valid secret", async () => {
    const secrets = [standard.secret.generate(), standard.secret.generate()];
    const timestamp = Math.floor(Date.now() / 1000);
    const body = standard.body(message);
    const signature = await standard.sign(secrets, message, timestamp, body);
    const headers = standard.headers(message, { timestamp, signature });
    for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(standard.secret.generate()).verify(body, headers)).toThrow();
  });

  it("takes secrets of 24 to 64 bytes and no others", () => {
    const ofLength = (bytes: number) => `whsec_${btoa("x".repeat(bytes))}`;
    expect(standard.secret.complaint(ofLength(24))).toBeUndefined();
    expect(standard.secret.complaint(ofLength(64))).toBeUndefined();
    for (const bad of [ofLength(23), ofLength(65), "whsec_###", "whsec_", btoa("x".repeat(32))]) {
      expect(standard.secret.complaint(bad)).toBeTypeOf("string");
    }
  });
});

describe.each([...dialects.values()].map((dialect) => [dialect.name, dialect] as const))("%s", (_, dialect) => {
  it("generates secrets that it accepts, and each only once", () => {
    const secrets = Array.from({ length: 20 }, () => dialect.secret.generate());
    expect(new Set(secrets).size).toBe(20);
    for (const secret of secrets) expect(dialect.secret.complaint(secret)).toBeUndefined();
  });

  it("embeds the payload's text untouched", () => {
    expect(dialect.body(message)).toContain('{"id":42,"price":1.0}');
  });
});
