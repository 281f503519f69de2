import { describe, expect, it } from "vitest";
import type { MailedAlert } from "./alert.ts";
import { emailOf } from "./mail.ts";

const recipient = { email: "ops@acme.example", workspaceId: 7, workspaceName: "Acme", webhookName: "Ticket sync" };
const about = {
  webhook_id: "wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3",
  url: "https://user:secret@receiver.example/hooks/tickets?token=secret",
  at: "2026-11-22T01:15:22.672Z",
};
const disabled: MailedAlert = {
  type: "endpoint.disabled",
  data: { ...about, reason: "10 consecutive failures", last_response_status: 503, last_error: "status" },
};
const failing: MailedAlert = {
  type: "endpoint.failing",
  data: {
    ...about,
    consecutive_failures: 10,
    failed_probes: 5,
    next_probe_at: "2026-11-22T01:45:22.672Z",
    disabled_at: 10,
    percent: 50,
    last_response_status: null,
    last_error: "timeout",
  },
};

describe("the email about a webhook", () => {
  it("that was disabled", () => {
    const { subject, text } = emailOf(disabled, recipient, Date.UTC(2026, 10, 21, 23, 59));
    expect(subject).toBe("[Posthorn] Webhook disabled: https://receiver.example/hooks/tickets?…");
    expect(text).toBe(`A webhook was disabled: 10 consecutive failures.

  Webhook: Ticket sync (wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3)
  URL: https://receiver.example/hooks/tickets?…
  Workspace: Acme (7)
  Disabled: 2026-11-22T01:15:22.672Z
  Last failure: answered with status 503
  Last success: 2026-11-21T23:59:00.000Z

What happens now: nothing more is sent to it. Its events are held, and nothing is
lost: they go out, the oldest first, as soon as the webhook is active again.

What to do: repair the server at this URL, then enable the webhook over the API:

  PATCH /api/v1/workspaces/7/webhooks/wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3
  {"status": "active"}
`);
  });

  it("that is failing, has no name, and never answered", () => {
    const { subject, text } = emailOf(failing, { ...recipient, webhookName: null }, null);
    expect(subject).toBe(
      "[Posthorn] Webhook failing, 50 % of the way to being disabled: https://receiver.example/hooks/tickets?…",
    );
    expect(text).toBe(`A webhook is failing: 10 failures one after another.

  Webhook: wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3
  URL: https://receiver.example/hooks/tickets?…
  Workspace: Acme (7)
  Noticed: 2026-11-22T01:15:22.672Z
  Last failure: no answer (timeout)
  Last success: none that the log still shows

What happens next: one request after another, further and further apart, tries whether the
server is back; everything else is held, and nothing is lost. After 10 of these in vain the
webhook may be disabled.

What to do: see why the server at this URL does not answer with a 2xx status, and
repair it. Any success starts the count again at zero.
`);
  });

  it("that is never disabled says nothing of it", () => {
    const { text } = emailOf({ ...failing, data: { ...failing.data, disabled_at: null } }, recipient, null);
    expect(text).toContain(`
server is back; everything else is held, and nothing is lost.

What to do: see why`);
  });

  it("has a subject of one line and of bounded length, and names that write no lines of their own", () => {
    const url = `https://receiver.example/${"x".repeat(1900)}`;
    const odd: MailedAlert = { ...disabled, data: { ...disabled.data, url } };
    const names = { ...recipient, workspaceName: "Acme\r\nBcc: all@acme.example", webhookName: "a\nb\u2028c" };
    const { subject, text } = emailOf(odd, names, null);
    expect(subject).toMatch(/^[ -~]{1,240}$/);
    expect(text).toContain("\n  Workspace: Acme Bcc: all@acme.example (7)\n");
    expect(text).toContain("\n  Webhook: a b c (wh_");
  });
});
