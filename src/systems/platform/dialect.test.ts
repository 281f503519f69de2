import { describe, expect, it } from "vitest";
import { platform } from "./dialect.ts";

const message = {
  deliveryId: "01a200d2-76b0-7000-8000-001000000001",
  eventId: "evt_01M80D4XNG000000001001WGQE",
  type: "ticket.created",
  channels: [],
  occurredAt: Date.UTC(2026, 2, 26, 14, 30, 0),
  data: '{"id":42,"price":1.0}',
  workspace: { id: 1, externalId: "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51", publicName: "Acme" },
};

describe("platform", () => {
  it("writes the envelope of tickets and that of surveys, keys in order, milliseconds", () => {
    expect(platform.body(message)).toBe(
      '{"organizationId":"a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51","eventType":"ticket.created","eventId":"evt_01M80D4XNG000000001001WGQE","timestamp":"2026-03-26T14:30:00.000Z","data":{"id":42,"price":1.0}}',
    );
    expect(platform.body({ ...message, type: "survey.response_completed", channels: ["survey-7"] })).toBe(
      '{"surveyId":"survey-7","eventType":"survey.response_completed","eventId":"evt_01M80D4XNG000000001001WGQE","timestamp":"2026-03-26T14:30:00.000Z","data":{"id":42,"price":1.0}}',
    );
  });
});
