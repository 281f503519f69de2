import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetch, type Request, Response } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Service, startService } from "../../src/local/service.ts";
import { builtDir } from "../support/build.ts";
import { eventually } from "../support/eventually.ts";
import { openInbox } from "../support/inbox.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { createSource, listReceipts, rejectionCounts } from "../support/sources.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

/*
 * Amazon SES by way of SNS. Amazon is played by this file: it gives out the certificate that the messages were signed
 * with, and takes confirmations. Everything else is as it is deployed.
 */

const TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic";
/** The messages were made long ago. */
const OPTIONS = { topics: [TOPIC], tolerance: 0 };

interface Vector {
  scheme: string;
  expect: boolean;
  body: string;
  headers: Record<string, string>;
  secret_or_key: string;
}

const vectors = (
  JSON.parse(readFileSync(new URL("../inbound/vectors.json", import.meta.url), "utf8")) as Vector[]
).filter(({ scheme, expect: good }) => scheme === "sns" && good);

function message(type: string) {
  const found = vectors.find(({ body }) => {
    const { Type, TopicArn, SignatureVersion } = JSON.parse(body) as Record<string, string>;
    return Type === type && TopicArn === TOPIC && SignatureVersion === "2";
  });
  if (!found) throw new Error(`There is no ${type}`);
  return found;
}

let service: Service;
let receiver: Receiver;
let state: string;
/** What was asked of Amazon. */
let asked: string[];

async function outbound(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (!url.hostname.endsWith(".amazonaws.com")) return fetch(request);
  asked.push(request.url);
  return new Response(url.pathname.endsWith(".pem") ? message("Notification").secret_or_key : "<Confirmed/>");
}

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), "posthorn-ses-"));
  receiver = await startReceiver();
  service = await startService({
    port: 0,
    stateDir: state,
    vars: { ALLOW_PRIVATE_TARGETS: "true" },
    scriptPath: join(builtDir, "index.js"),
    outbound,
  });
});

afterAll(async () => {
  await Promise.all([service.stop(), receiver.close()]);
  rmSync(state, { recursive: true, force: true });
});

beforeEach(() => {
  asked = [];
});

const post = (url: string, body: string, headers: Record<string, string>) =>
  globalThis.fetch(url, { method: "POST", body, headers });

const workspaceOf = (): Promise<Workspace> => newWorkspace(service);

const confirmations = () => asked.filter((url) => !url.endsWith(".pem"));

describe("AWS SES via SNS", () => {
  it("its email delivery events come in, once each, and go out to a subscriber", async () => {
    const workspace = await workspaceOf();
    const inbox = openInbox(receiver);
    await workspace.webhook({ url: inbox.url, events: ["email.*"] });
    const source = await createSource(workspace, "aws-ses-sns", {}, OPTIONS);
    const { body, headers } = message("Notification");
    for (let times = 0; times < 3; times++) {
      expect((await post(source.callback_url, body, headers)).status).toBe(200);
    }
    const arrived = JSON.parse((await inbox.first()).body.toString()) as { event: string; data: object };
    expect(arrived).toMatchObject({ event: "email.delivered", data: { provider: "aws-ses-sns", channel: "email" } });
    expect(await listReceipts(workspace, source)).toHaveLength(1);
    expect(inbox.requests()).toHaveLength(1);
  });

  it("a forged one is refused without an effect", async () => {
    const workspace = await workspaceOf();
    const source = await createSource(workspace, "aws-ses-sns", {}, OPTIONS);
    const { body, headers } = message("Notification");
    expect((await post(source.callback_url, body.replace("Delivery", "Deliverz"), headers)).status).toBe(403);
    const counts = await eventually(
      () => rejectionCounts(workspace, source),
      (seen) => Object.keys(seen).length > 0,
    );
    expect(counts).toEqual({ bad_signature: 1 });
    expect(await listReceipts(workspace, source)).toEqual([]);
  });

  it("a subscription is confirmed by one visit, and only for the topics that the source takes", async () => {
    const { body, headers } = message("SubscriptionConfirmation");
    const stranger = await createSource(await workspaceOf(), "aws-ses-sns", {}, { ...OPTIONS, topics: [`${TOPIC}2`] });
    expect((await post(stranger.callback_url, body, headers)).status).toBe(403);
    expect(asked).toEqual([]);
    const source = await createSource(await workspaceOf(), "aws-ses-sns", {}, OPTIONS);
    for (let times = 0; times < 2; times++) {
      expect((await post(source.callback_url, body, headers)).status).toBe(200);
    }
    expect(confirmations()).toEqual([(JSON.parse(body) as { SubscribeURL: string }).SubscribeURL]);
  });
});
