import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slackSigned } from "../../src/inbound/providers/slack/cases.ts";
import { twilioSigned } from "../../src/inbound/providers/twilio-sms/cases.ts";
import { CASES, type Case } from "../support/callback-cases.ts";
import { eventually } from "../support/eventually.ts";
import { type Inbox, openInbox } from "../support/inbox.ts";
import { deliver, FORM_TYPE, forge, JSON_TYPE, type Outgoing, sample } from "../support/provider-callbacks.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { hexSignature } from "../support/signatures.ts";
import { createSource, listReceipts, type ReceivingSource, rejectionCounts } from "../support/sources.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/*
 * What each provider sends, by the wire: answered as that provider expects, passed on once, and refused where anything
 * of what is signed was changed.
 */

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

interface Stage {
  workspace: Workspace;
  source: ReceivingSource;
  inbox: Inbox;
  secret: string;
}

/** A workspace of its own with a source, and a webhook that subscribes to what the source is to say. */
async function stage({ provider, credentials, options, event }: Case): Promise<Stage> {
  const workspace = await newWorkspace(service);
  const inbox = openInbox(receiver);
  const pattern = `${event.slice(0, event.indexOf("."))}.*`;
  const { secret } = await workspace.webhook({ url: inbox.url, events: [pattern], dialect: "gopimi" });
  return { workspace, inbox, secret, source: await createSource(workspace, provider, credentials, options) };
}

async function answerTo(url: string, outgoing: Outgoing) {
  const response = await deliver(url, outgoing);
  return { status: response.status, type: response.headers.get("content-type"), body: await response.text() };
}

/** The types of all that was published; what tells of the service itself left out. */
async function published(workspace: Workspace): Promise<string[]> {
  const events = dataOf(await workspace.call<{ data: { event: string }[] }>("GET", "/events?limit=100"));
  return events.map(({ event }) => event).filter((event) => !event.startsWith("source."));
}

describe.each(CASES)("$name", (each) => {
  const success = each.succeeds ?? { status: 200, type: null, body: "" };

  it("is answered in its own form, and becomes one signed event, however often it comes", async () => {
    const { workspace, source, inbox, secret } = await stage(each);
    const genuine = await each.callback(source.callback_url);
    expect(await answerTo(source.callback_url, genuine)).toEqual(success);
    const { headers, body } = await inbox.first();
    expect(headers["x-gopimi-signature"]).toBe(hexSignature(secret, body));
    const again = each.repeatsAnew ? [genuine, await each.callback(source.callback_url)] : [genuine, genuine];
    for (const repetition of again) expect(await answerTo(source.callback_url, repetition)).toEqual(success);
    const receipts = await eventually(
      () => listReceipts(workspace, source),
      // Its events are noted once the stream has answered, which the delivery need not wait for.
      (seen) => seen.every(({ events }) => events !== null),
    );
    expect(receipts).toEqual([
      expect.objectContaining({ verdict: "verified", reason: null, events: [expect.stringMatching(/^evt_/)] }),
    ]);
    expect(JSON.parse(body.toString())).toMatchObject({
      event: each.event,
      workspace_id: workspace.id,
      data: { provider: each.provider, source_id: source.id, receipt_id: receipts[0]?.id, ...each.data },
    });
    expect(await published(workspace)).toEqual([each.event]);
    expect(inbox.requests()).toHaveLength(1);
  });

  it("is refused without an effect when somebody has changed it, and the operator sees why", async () => {
    const { workspace, source, inbox } = await stage(each);
    const forged = forge(await each.callback(source.callback_url), each.forge);
    expect((await answerTo(source.callback_url, forged)).status).toBe(each.refuses ?? 403);
    const counts = await eventually(
      () => rejectionCounts(workspace, source),
      (seen) => Object.keys(seen).length > 0,
    );
    expect(counts).toEqual({ bad_signature: 1 });
    expect(await listReceipts(workspace, source)).toEqual([]);
    expect(await published(workspace)).toEqual([]);
    // The one that nobody has changed comes through, and it alone.
    await answerTo(source.callback_url, await each.callback(source.callback_url));
    await inbox.arrived(1);
    expect(await published(workspace)).toEqual([each.event]);
    expect(inbox.requests()).toHaveLength(1);
  });
});

describe("a provider's check", () => {
  async function plain(provider: string, credentials: object) {
    const workspace = await newWorkspace(service);
    return { workspace, source: await createSource(workspace, provider, credentials) };
  }

  it("of Meta's is answered with the bare challenge, to whoever knows the token", async () => {
    const { workspace, source } = await plain("meta-whatsapp", { app_secret: "s", verify_token: "a token" });
    const ask = (token: string, mode = "subscribe") =>
      answerTo(source.callback_url, {
        method: "GET",
        query: `hub.mode=${mode}&hub.challenge=1158201444&hub.verify_token=${token}`,
        headers: {},
      });
    expect(await ask("a%20token")).toEqual({ status: 200, type: "text/plain", body: "1158201444" });
    for (const refused of [await ask("a%20tokem"), await ask(""), await ask("a%20token", "unsubscribe")]) {
      expect(refused).toEqual({ status: 403, type: null, body: "" });
    }
    expect(await listReceipts(workspace, source)).toEqual([]);
  });

  it("of Slack's is answered with the bare challenge, where Slack has signed it", async () => {
    const { workspace, source } = await plain("slack", { signing_secret: "a secret" });
    const body = sample("slack", "url_verification");
    const challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P";
    const signed = slackSigned(body, "a secret");
    expect(await answerTo(source.callback_url, signed)).toEqual({ status: 200, type: "text/plain", body: challenge });
    expect(await answerTo(source.callback_url, slackSigned(body, "a guess"))).toMatchObject({ status: 403, body: "" });
    const unsigned = await answerTo(source.callback_url, { method: "POST", headers: JSON_TYPE, body });
    expect(unsigned).toMatchObject({ status: 401, body: "" });
    expect(await published(workspace)).toEqual([]);
  });

  it("of Mandrill's, by HEAD and unsigned, finds the URL there; a callback must be signed all the same", async () => {
    const { source } = await plain("mandrill", { webhook_key: "a key" });
    expect(await answerTo(source.callback_url, { method: "HEAD", headers: {} })).toMatchObject({ status: 200 });
    const body = sample("mandrill", "hard_bounce");
    const unsigned = await answerTo(source.callback_url, { method: "POST", headers: FORM_TYPE, body });
    expect(unsigned.status).toBe(401);
  });

  it("of Gupshup's is answered with an empty 200, and is no event", async () => {
    const { workspace, source } = await plain("gupshup", { header: "X-Token", value: "a value" });
    const event = { app: "DemoAPI", timestamp: 1580227766370, version: 2, type: "user-event" };
    const body = JSON.stringify({ ...event, payload: { phone: "callbackSetPhone", type: "sandbox-start" } });
    const headers = { ...JSON_TYPE, "x-token": "a value" };
    const answer = await answerTo(source.callback_url, { method: "POST", headers, body });
    expect(answer).toEqual({ status: 200, type: null, body: "" });
    expect(await listReceipts(workspace, source)).toMatchObject([{ verdict: "control", events: [] }]);
    expect(await published(workspace)).toEqual([]);
  });

  it("of Vonage's signing: what comes unsigned is to come again, signed", async () => {
    const { workspace, source } = await plain("vonage-sms", { signature_secret: "a secret" });
    const query = sample("vonage-sms", "DLR delivered");
    const response = await deliver(source.callback_url, { method: "GET", query, headers: {} });
    expect({ status: response.status, retry: response.headers.get("retry-after") }).toEqual({
      status: 503,
      retry: "5",
    });
    expect(await listReceipts(workspace, source)).toEqual([]);
  });
});

describe("a source that its provider reaches by another URL", () => {
  it("is called by what a proxy makes of it, and verified by the URL that the provider signs", async () => {
    const workspace = await newWorkspace(service);
    const public_url = "https://hooks.example.com/twilio";
    const fields = { provider: "twilio-sms", name: "SMS", credentials: { auth_token: "a token" }, public_url };
    const source = dataOf(await workspace.call<{ data: ReceivingSource }>("POST", "/sources", fields));
    expect(source.callback_url).toBe(public_url);
    const own = `${service.url}/in/twilio-sms/${source.id}`;
    const callback = twilioSigned(sample("twilio-sms", "status delivered"), "a token");
    expect(await answerTo(own, callback(public_url))).toEqual({ status: 204, type: null, body: "" });
    expect(await answerTo(own, callback("https://hooks.example.com/twilia"))).toMatchObject({ status: 403 });
    expect(await listReceipts(workspace, source)).toHaveLength(1);
  });
});
