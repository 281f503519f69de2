import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { deliver, JSON_TYPE, type Outgoing } from "../support/provider-callbacks.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, listReceipts } from "../support/sources.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** A mail server reports to a ticket's address what became of an answer: nobody's ticket gets a message of it. */

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

let service: SpawnedService;
let workspace: Workspace;

beforeAll(async () => {
  service = await spawnService();
  workspace = await newWorkspace(service);
});

afterAll(() => service.stop());

const file = (Name: string, ContentType: string, text: string) => ({ Name, ContentType, Content: btoa(text) });
const REPORT = {
  From: "mailer-daemon@mx.example.net",
  FromFull: { Email: "mailer-daemon@mx.example.net", Name: "" },
  ToFull: [{ Email: "reply+42@in.example.com", Name: "" }],
  OriginalRecipient: "reply+42@in.example.com",
  MessageID: "22c74902-a0c1-4511-804f-341342852c90",
  Subject: "Undelivered Mail Returned to Sender",
  Date: "Thu, 26 Mar 2026 16:20:44 +0100",
  TextBody: "It could not be delivered.",
  Headers: [{ Name: "Auto-Submitted", Value: "auto-replied" }],
  Attachments: [
    file(
      "details.txt",
      "message/delivery-status",
      "Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; jane@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    ),
    file(
      "original.eml",
      "message/rfc822",
      "Message-ID: <answer.7@example.com>\r\nSubject: Re: Ticket 42\r\n\r\nHello\r\n",
    ),
  ],
};

it("is a bounce of that answer", async () => {
  const options = { ticket_address: "reply+{ticket}@in.example.com" };
  const source = await createSource(workspace, "postmark", { header: "X-Postmark-Token", value: SECRET }, options);
  const callback: Outgoing = {
    method: "POST",
    headers: { ...JSON_TYPE, "x-postmark-token": SECRET },
    body: JSON.stringify(REPORT),
  };
  expect((await deliver(source.callback_url, callback)).status).toBe(200);
  const [id, ...others] = await eventually(
    async () => (await listReceipts(workspace, source))[0]?.events ?? [],
    (ids) => ids.length > 0,
  );
  expect(others).toEqual([]);
  const event = dataOf(await workspace.call<{ data: { event: string; data: object } }>("GET", `/events/${id}`));
  expect(event).toMatchObject({
    event: "email.bounced",
    data: {
      ...{ provider: "postmark", channel: "email", status: "bounced", soft: false, advanced: true },
      ...{ message_id: "<answer.7@example.com>", recipient: "jane@example.net" },
      ...{ error: { code: "5.1.1", text: null }, reported_by: "mailer-daemon@mx.example.net" },
    },
  });
});
