import { bodyExample, type Example } from "../example.ts";

/** As its document has it. */
export const example: Example = {
  example: { type: "ticket.created", occurredAt: Date.parse("2025-01-15T10:30:00.000Z"), data: '{"ticketId":"t-1"}' },
  body: '{"organizationId":"a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51","eventType":"ticket.created","eventId":"evt_01M80D4XNG000000001001WGQE","timestamp":"2025-01-15T10:30:00.000Z","data":{"ticketId":"t-1"}}',
  ...bodyExample("x-webhook-signature", "sha256="),
  webhook: { secret: "a secret of the user's own" },
  workspace: { external_id: "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51" },
};
