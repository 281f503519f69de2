import {
  hmac,
  JSON_TYPE,
  type Outgoing,
  type OwnCase,
  SECRET,
  sample,
  seconds,
} from "../../../../test/support/provider-callbacks.ts";

/** `v0:`, the time, a colon and the body. */
export function slackSigned(body: string, secret = SECRET): Outgoing {
  const time = String(seconds());
  const signature = `v0=${hmac("sha256", secret, "hex", `v0:${time}:${body}`)}`;
  return {
    method: "POST",
    headers: { ...JSON_TYPE, "x-slack-request-timestamp": time, "x-slack-signature": signature },
    body,
  };
}

const slack: OwnCase = {
  name: "Slack",
  credentials: { signing_secret: SECRET },
  callback: () => slackSigned(sample("slack", "event_callback")),
  repeatsAnew: true,
  forge: ["body", "Hello world"],
  event: "slack.message",
  data: {
    provider: "slack",
    event: "message",
    occurred_at: "2009-02-13T23:31:30.000Z",
    payload: { event_id: "Ev08MFMKH6", event: { text: "Hello world" } },
  },
};

export const cases: readonly OwnCase[] = [slack];
