import { bodyExample, type Example } from "../example.ts";

/** As its document has it. */
export const example: Example = {
  example: { type: "note_deletion", data: '{"NoteId":182605}' },
  body: '{"CommunityName":"yourCompany","EventType":"note_deletion","Events":[{"NoteId":182605}]}',
  ...bodyExample("x-webhook-signature", "sha256="),
  webhook: { secret: "a secret of the user's own", verify_token: "someverificationtoken" },
  workspace: { community_name: "yourCompany" },
};
