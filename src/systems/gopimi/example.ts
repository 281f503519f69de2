import { bodyExample, type Example } from "../example.ts";

const ticket =
  '{"id":42,"subject":"Ticket #42 - Cannot access dashboard","status":"open","contact":{"id":5,"name":"Jane Doe","email":"jane.doe@example.com"},"agent":null,"created_at":"2026-03-26T14:30:00Z"}';

/** As its document has it. */
export const example: Example = {
  example: { type: "ticket.created", occurredAt: Date.parse("2026-03-26T14:30:00Z"), data: ticket },
  body: `{"event":"ticket.created","timestamp":"2026-03-26T14:30:00Z","workspace_id":1,"data":${ticket}}`,
  ...bodyExample("x-gopimi-signature", ""),
  webhook: {},
  workspace: {},
};
