import { type Recipient, recipientOf } from "../../config/notifications.ts";
import { settingsOf } from "../../config/settings.ts";
import type { Alert, MailedAlert } from "./alert.ts";

/** Emails to a workspace's people, in plain text. */

/** A subject holds this many characters of a URL. */
const SUBJECT_URL = 200;

/**
 * Sends the email about an alert to the workspace's `notify_email`. Nothing happens where there is none, or where the
 * deployment has no sender or no binding.
 * @throws what the binding throws, or D1
 */
export async function mailAlert(env: Env, alert: Alert): Promise<void> {
  const binding: SendEmail | undefined = env.EMAIL;
  const { NOTIFY_FROM: from } = settingsOf(env);
  if (alert.type !== "endpoint.failing" && alert.type !== "endpoint.disabled") return;
  if (!from || !binding) return;
  const recipient = await recipientOf(env, alert.data.webhook_id);
  if (!recipient?.email) return;
  const { subject, text } = emailOf(alert, recipient, alert.todo.mail?.lastSuccessAt ?? null);
  // No responder answers it (RFC 3834, 5), and a source to which it comes back knows it for a loop.
  const headers = { "Auto-Submitted": "auto-generated", "X-Posthorn-Alert": alert.data.webhook_id };
  await binding.send({ from: from.name === "" ? from.email : from, to: recipient.email, headers, subject, text });
}

/**
 * What the email says. Of the URL it shows no query and no user name, which may be credentials.
 * @param lastSuccessAt in milliseconds since 1970
 */
export function emailOf(
  alert: MailedAlert,
  recipient: Recipient,
  lastSuccessAt: number | null,
): { subject: string; text: string } {
  const { data } = alert;
  const url = shownUrl(data.url);
  const disabled = alert.type === "endpoint.disabled";
  const name = recipient.webhookName;
  const headline = disabled ? "disabled" : `failing, ${alert.data.percent} % of the way to being disabled`;
  const facts = [
    ["Webhook", name === null ? data.webhook_id : `${oneLine(name)} (${data.webhook_id})`],
    ["URL", url],
    ["Workspace", `${oneLine(recipient.workspaceName)} (${recipient.workspaceId})`],
    [disabled ? "Disabled" : "Noticed", data.at],
    ["Last failure", lastFailure(data)],
    ["Last success", lastSuccessAt === null ? "none that the log still shows" : new Date(lastSuccessAt).toISOString()],
  ];
  const text = [
    disabled
      ? `A webhook was disabled: ${alert.data.reason}.`
      : `A webhook is failing: ${alert.data.consecutive_failures} failures one after another.`,
    facts.map(([label, value]) => `  ${label}: ${value}`).join("\n"),
    disabled ? AFTER_DISABLING : beforeDisabling(alert.data.disabled_at),
    disabled ? howToEnable(recipient.workspaceId, data.webhook_id) : HOW_TO_REPAIR,
  ].join("\n\n");
  return { subject: oneLine(`[Posthorn] Webhook ${headline}: ${url.slice(0, SUBJECT_URL)}`), text: `${text}\n` };
}

const AFTER_DISABLING = `What happens now: nothing more is sent to it. Its events are held, and nothing is
lost: they go out, the oldest first, as soon as the webhook is active again.`;

const beforeDisabling = (limit: number | null): string =>
  `What happens next: one request after another, further and further apart, tries whether the
server is back; everything else is held, and nothing is lost.${
    limit === null
      ? ""
      : ` After ${limit} of these in vain the
webhook may be disabled.`
  }`;

const HOW_TO_REPAIR = `What to do: see why the server at this URL does not answer with a 2xx status, and
repair it. Any success starts the count again at zero.`;

const howToEnable = (workspaceId: number, id: string): string =>
  `What to do: repair the server at this URL, then enable the webhook over the API:

  PATCH /api/v1/workspaces/${workspaceId}/webhooks/${id}
  {"status": "active"}`;

function lastFailure({ last_response_status: status, last_error: error }: MailedAlert["data"]): string {
  if (status !== null) return `answered with status ${status}`;
  return error === null ? "unknown" : `no answer (${error})`;
}

function shownUrl(text: string): string {
  const url = URL.parse(text);
  return url ? `${url.origin}${url.pathname}${url.search === "" ? "" : "?…"}` : oneLine(text);
}

/** Without line breaks and other control characters: a name must not write lines of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}
