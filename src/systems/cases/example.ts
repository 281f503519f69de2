import { type Example, standardExample } from "../example.ts";

/** As its document has it. */
export const example: Example = {
  example: { type: "cases.created", occurredAt: Date.parse("2026-04-29T09:10:00Z"), data: '{"id":"case_1"}' },
  body: '{"id":"evt_01M80D4XNG000000001001WGQE","type":"cases.created","timestamp":"2026-04-29T09:10:00Z","data":{"id":"case_1"}}',
  ...standardExample,
  webhook: {},
  workspace: {},
};
