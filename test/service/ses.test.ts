import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { message, OPTIONS, type ServiceWithAmazon, startServiceWithAmazon, TOPIC } from "../support/amazon.ts";
import { eventually } from "../support/eventually.ts";
import { openInbox } from "../support/inbox.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { createSource, listReceipts, rejectionCounts } from "../support/sources.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

let service: ServiceWithAmazon;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  service = await startServiceWithAmazon();
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

beforeEach(() => {
  service.visits();
});

const post = (url: string, body: string, headers: Record<string, string>) =>
  fetch(url, { method: "POST", body, headers });

const workspaceOf = (): Promise<Workspace> => newWorkspace(service);

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
    expect(service.visits()).toEqual([]);
    const source = await createSource(await workspaceOf(), "aws-ses-sns", {}, OPTIONS);
    for (let times = 0; times < 2; times++) {
      expect((await post(source.callback_url, body, headers)).status).toBe(200);
    }
    expect(service.visits()).toEqual([(JSON.parse(body) as { SubscribeURL: string }).SubscribeURL]);
  });
});
