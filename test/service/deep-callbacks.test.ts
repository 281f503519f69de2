import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slackSigned } from "../../src/inbound/providers/slack/cases.ts";
import { eventually } from "../support/eventually.ts";
import { openInbox } from "../support/inbox.ts";
import {
  deliver,
  FORM_TYPE,
  glued,
  hmac,
  JSON_TYPE,
  jwt,
  type Outgoing,
  SECRET,
  SENDGRID_PUBLIC_KEY,
  seconds,
  sendgridSigned,
  sha256,
  standardSigned,
  WHSEC,
} from "../support/provider-callbacks.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, listReceipts, type ReceivingSource, rejectionCounts } from "../support/sources.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

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
const SIGNED: [
  provider: string,
  credentials: object,
  options: object,
  sign: (body: string, url: string) => Outgoing,
][] = [
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
  ["slack", { signing_secret: SECRET }, {}, (body) => slackSigned(body)],
  ["standard-webhooks", { signing_secret: WHSEC }, {}, (body) => standardSigned(body, "msg_1")],
  [
    "generic",
    { value: SECRET },
    { scheme: "header", header: "X-Token", event: "it" },
    (body) => post(body, { "x-token": SECRET }),
  ],
  ["gupshup", { header: "X-Token", value: SECRET }, {}, (body) => post(body, { "x-token": SECRET })],
  [
    "meta-whatsapp",
    { app_secret: SECRET, verify_token: "a-token" },
    {},
    (body) => post(body, { "x-hub-signature-256": `sha256=${hmac("sha256", SECRET, "hex", body)}` }),
  ],
  [
    "stripe",
    { signing_secret: SECRET },
    {},
    (body) => {
      const time = String(seconds());
      return post(body, { "stripe-signature": `t=${time},v1=${hmac("sha256", SECRET, "hex", `${time}.${body}`)}` });
    },
  ],
  ["resend", { signing_secret: WHSEC }, {}, (body) => standardSigned(body, "msg_1")],
  ["bird", { signing_key: WHSEC }, {}, (body) => standardSigned(body, "msg_1")],
  [
    "bird",
    { signing_key: SECRET },
    { generation: "notifications" },
    (body, url) => {
      const time = String(seconds());
      const signature = hmac("sha256", SECRET, "base64", `${time}\n${url}\n`, sha256(body));
      return post(body, { "messagebird-request-timestamp": time, "messagebird-signature": signature });
    },
  ],
  [
    "vonage-messages",
    { signature_secret: SECRET },
    {},
    (body) => {
      const claims = {
        iat: seconds(),
        jti: crypto.randomUUID(),
        iss: "Vonage",
        payload_hash: sha256(body).toString("hex"),
      };
      return post(body, { authorization: `Bearer ${jwt(claims, SECRET)}` });
    },
  ],
  [
    "mandrill",
    { webhook_key: SECRET },
    {},
    (events, url) => {
      const body = new URLSearchParams({ mandrill_events: events }).toString();
      const signature = hmac("sha1", SECRET, "base64", url + glued(body));
      return { method: "POST", headers: { ...FORM_TYPE, "x-mandrill-signature": signature }, body };
    },
  ],
];

/** Those that must read it to find its signature, so that it is not believed. */
const UNREAD: [provider: string, credentials: object, options: object, status: number][] = [
  ["mailgun", { signing_key: SECRET }, {}, 406],
  ["aws-ses-sns", {}, { topics: ["arn:aws:sns:us-east-1:123456789012:Topic"] }, 400],
];

const BODIES: [string, string][] = [
  ["5,000 levels", `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`],
  ["5,000 levels of lists", `${"[".repeat(5000)}${"]".repeat(5000)}`],
  ["300,000 values", `[${"0,".repeat(300_000)}0]`],
];

const counted = (source: ReceivingSource, holds: (counts: Record<string, number>) => boolean) =>
  eventually(() => rejectionCounts(workspace, source), holds);

describe.each(SIGNED)("a genuine callback of %s", (provider, credentials, options, sign) => {
  it.each(BODIES)("with %s is taken once, and its people are told", async (_, body) => {
    const source = await createSource(workspace, provider, credentials, options);
    const inbox = openInbox(receiver);
    const webhook = await workspace.webhook({ url: inbox.url, events: ["source.attention"] });
    // Answered as any other that was taken: the provider does not come again.
    expect((await deliver(source.callback_url, sign(body, source.callback_url))).status).toBeLessThan(300);
    const [receipt, ...others] = await listReceipts(workspace, source);
    expect(others).toEqual([]);
    expect(receipt).toMatchObject({ verdict: "malformed", reason: expect.stringMatching(/more than/) });
    expect((await inbox.first()).body.toString()).toContain("more than");
    const files = `/sources/${source.id}/receipts/${receipt?.id}/attachments/0-0`;
    expect((await workspace.call("GET", files)).status).toBe(404);
    await workspace.call("DELETE", `/webhooks/${webhook.id}`);
    // One byte forged, and it is refused like any other.
    expect(
      (await deliver(source.callback_url, { ...sign(body, source.callback_url), headers: JSON_TYPE })).status,
    ).toBeGreaterThan(399);
    await counted(source, (counts) => Object.keys(counts).length > 0);
  });
});

describe.each(UNREAD)("a callback of %s", (provider, credentials, options, status) => {
  it.each(BODIES)("with %s is refused for good, and counted", async (_, body) => {
    const source = await createSource(workspace, provider, credentials, options);
    expect((await deliver(source.callback_url, post(body))).status).toBe(status);
    expect(await listReceipts(workspace, source)).toEqual([]);
    await counted(source, ({ malformed }) => malformed === 1);
  });
});

it("a callback of vonage-sms, whose parameters are signed, is refused for good", async () => {
  const source = await createSource(workspace, "vonage-sms", { signature_secret: SECRET });
  const deep = `{"sig":"00","a":${BODIES[1]?.[1]}}`;
  expect((await deliver(source.callback_url, post(deep))).status).toBe(400);
  await counted(source, ({ malformed }) => malformed === 1);
});

it("a token whose algorithm is no text is refused, not asked for again", async () => {
  const source = await createSource(workspace, "vonage-messages", { signature_secret: SECRET });
  for (const alg of [`${"[".repeat(5000)}${"]".repeat(5000)}`, '{"toString":1,"valueOf":1}']) {
    const head = Buffer.from(`{"alg":${alg}}`).toString("base64url");
    const answer = await deliver(source.callback_url, post("{}", { authorization: `Bearer ${head}.e30.AA` }));
    expect(answer.status).toBe(400);
  }
});
