import { createHmac } from "node:crypto";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WHSEC } from "../support/callback-cases.ts";
import { eventually } from "../support/eventually.ts";
import { openInbox } from "../support/inbox.ts";
import {
  deliver,
  hmac,
  JSON_TYPE,
  type Outgoing,
  SENDGRID_PUBLIC_KEY,
  seconds,
  sendgridSigned,
} from "../support/provider-callbacks.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, listReceipts, rejectionCounts } from "../support/sources.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const post = (body: string, headers: Record<string, string> = {}): Outgoing => ({
  ...{ method: "POST", headers: { ...JSON_TYPE, ...headers }, body },
});

/** Genuine callbacks with whatever body, signed as each provider documents it. */
const SIGNED: [provider: string, credentials: object, options: object, sign: (body: string) => Outgoing][] = [
  ["sendgrid", { public_key: SENDGRID_PUBLIC_KEY }, {}, (body) => sendgridSigned(body, JSON_TYPE)],
  ["postmark", { header: "X-Postmark-Token", value: SECRET }, {}, (body) => post(body, { "x-postmark-token": SECRET })],
  [
    "github",
    { secret: SECRET },
    {},
    (body) => {
      const signature = `sha256=${hmac("sha256", SECRET, "hex", body)}`;
      return post(body, { "x-github-event": "push", "x-github-delivery": "1", "x-hub-signature-256": signature });
    },
  ],
  [
    "shopify",
    { client_secret: SECRET },
    {},
    (body) =>
      post(body, {
        "x-shopify-topic": "orders/create",
        "x-shopify-event-id": "1",
        "x-shopify-hmac-sha256": hmac("sha256", SECRET, "base64", body),
      }),
  ],
  [
    "slack",
    { signing_secret: SECRET },
    {},
    (body) => {
      const time = String(seconds());
      const signature = `v0=${createHmac("sha256", SECRET).update(`v0:${time}:${body}`).digest("hex")}`;
      return post(body, { "x-slack-request-timestamp": time, "x-slack-signature": signature });
    },
  ],
  [
    "standard-webhooks",
    { signing_secret: WHSEC },
    {},
    (body) => {
      const at = new Date();
      const signature = new StandardWebhook(WHSEC).sign("msg_1", at, body);
      const time = String(Math.floor(at.getTime() / 1000));
      return post(body, { "webhook-id": "msg_1", "webhook-timestamp": time, "webhook-signature": signature });
    },
  ],
  [
    "generic",
    { value: SECRET },
    { scheme: "header", header: "X-Token", event: "it" },
    (body) => post(body, { "x-token": SECRET }),
  ],
];

const BODIES: [string, string][] = [
  ["5,000 levels", `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`],
  ["5,000 levels of lists", `${"[".repeat(5000)}${"]".repeat(5000)}`],
  ["300,000 values", `[${"0,".repeat(300_000)}0]`],
];

describe.each(SIGNED)("a genuine callback of %s", (provider, credentials, options, sign) => {
  it.each(BODIES)("with %s is taken once, and its people are told", async (_, body) => {
    const source = await createSource(workspace, provider, credentials, options);
    const inbox = openInbox(receiver);
    const webhook = await workspace.webhook({ url: inbox.url, events: ["source.attention"] });
    // Answered as any other that was taken: the provider does not come again.
    expect((await deliver(source.callback_url, sign(body))).status).toBeLessThan(300);
    const [receipt, ...others] = await listReceipts(workspace, source);
    expect(others).toEqual([]);
    expect(receipt).toMatchObject({ verdict: "malformed", reason: expect.stringMatching(/more than/) });
    expect((await inbox.first()).body.toString()).toContain("more than");
    await workspace.call("DELETE", `/webhooks/${webhook.id}`);
    // One byte forged, and it is refused like any other.
    expect((await deliver(source.callback_url, { ...sign(body), headers: JSON_TYPE })).status).toBeGreaterThan(399);
    await eventually(
      () => rejectionCounts(workspace, source),
      (counts) => Object.keys(counts).length > 0,
    );
  });
});
