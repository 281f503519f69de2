import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Inbox, openInbox } from "../support/inbox.ts";
import { INVOICE, LOGO, mailFile, plainMail } from "../support/mails.ts";
import { deliver, rawParse, SENDGRID_PUBLIC_KEY } from "../support/provider-callbacks.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, type ReceivingSource } from "../support/sources.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/*
 * Mail as it comes: real MIME, with a history, an image in its HTML and a file, given in raw mode by Inbound Parse.
 */

interface File {
  url: string;
  filename: string;
  content_type: string;
  content_id?: string;
  size: number;
}

interface Message {
  event: string;
  data: Record<string, unknown> & { text: string; attachments: File[]; receipt_id: string };
}

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let source: ReceivingSource;
let inbox: Inbox;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
  inbox = openInbox(receiver);
  await workspace.webhook({ url: inbox.url, events: ["ticket.message_created", "message.received"] });
  const options = { ticket_address: "reply+{ticket}@in.example.com" };
  source = await createSource(workspace, "sendgrid-inbound-parse", { public_key: SENDGRID_PUBLIC_KEY }, options);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** Hands a mail over, and waits for what it becomes. */
async function mailed(mail: string, from: string, to: string): Promise<Message> {
  const before = inbox.requests().length;
  const { status } = await deliver(source.callback_url, rawParse(mail, from, to));
  expect(status).toBe(200);
  const arrived = (await inbox.arrived(before + 1)).at(-1);
  return JSON.parse(arrived?.body.toString() ?? "");
}

const tokenOf = async ({ call }: Workspace, scopes: string[]): Promise<string> =>
  dataOf(await call<{ data: { token: string } }>("POST", "/tokens", { name: "t", scopes })).token;

const get = (url: string, token?: string) =>
  fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

describe("a reply to a ticket's mail", () => {
  let message: Message;

  beforeAll(async () => {
    message = await mailed(mailFile("reply.eml"), "juergen@example.com", "reply+1042@in.example.com");
  });

  it("is a message of the ticket, its text whole and what is new in it, in its own characters", () => {
    expect(message.event).toBe("ticket.message_created");
    expect(message.data).toMatchObject({
      ticket_id: "1042",
      provider: "sendgrid-inbound-parse",
      channel: "email",
      direction: "incoming",
      message_id: "<reply-1@mail.example.com>",
      in_reply_to: "<ticket-1042.2@in.example.com>",
      from: "juergen@example.com",
      from_name: "Jürgen Müller",
      to: ["reply+1042@in.example.com"],
      subject: "Re: [#1042] Rechnung für März",
      occurred_at: "2026-03-27T09:31:00.000Z",
      source_id: source.id,
    });
    expect(message.data.text).toContain(String(message.data.quoted));
    expect(message.data.reply).toBe(
      "Grüße aus Köln – die Rechnung über 5 € ist „falsch“. Bitte korrigieren.\n\nDanke,\nJürgen",
    );
    expect(message.data.html).toContain('<p>Grüße aus Köln</p><img src="cid:logo@mail.example.com" alt="">');
  });

  it("names its files, without their bytes", () => {
    const url = expect.stringContaining(`/receipts/${message.data.receipt_id}/attachments/`);
    expect(message.data.attachments).toEqual([
      { url, filename: "logo.png", content_type: "image/png", content_id: "logo@mail.example.com", size: 71 },
      { url, filename: "Rechnung März.pdf", content_type: "application/pdf", size: 279 },
    ]);
  });

  it("has files that a token of the workspace fetches byte for byte, and nobody else", async () => {
    const token = await tokenOf(workspace, ["read"]);
    const stranger = await newWorkspace(service);
    const strangers = await tokenOf(stranger, ["read", "manage", "publish"]);
    const foreign = await createSource(stranger, "sendgrid-inbound-parse", {});
    const bytes = [LOGO, INVOICE];
    expect(message.data.attachments).toHaveLength(bytes.length);
    for (const [index, { url, content_type, filename }] of message.data.attachments.entries()) {
      expect(url.startsWith(`${service.url}/api/v1/workspaces/${workspace.id}/`)).toBe(true);
      const file = await get(url, token);
      expect(Buffer.from(await file.arrayBuffer())).toEqual(bytes[index]);
      expect(file.headers.get("content-type")).toBe(content_type);
      expect(file.headers.get("content-disposition")).toBe(
        `attachment; filename*=UTF-8''${encodeURIComponent(filename)}`,
      );
      // What a stranger has sent must not run as a page of the service.
      expect(file.headers.get("x-content-type-options")).toBe("nosniff");
      expect((await get(url, strangers)).status).toBe(404);
      const below = url.replace(`/${workspace.id}/`, `/${stranger.id}/`);
      expect((await get(below, strangers)).status).toBe(404);
      expect((await get(below.replace(source.id, foreign.id), strangers)).status).toBe(404);
      expect((await get(url)).status).toBe(401);
      expect((await get(url, await tokenOf(workspace, ["publish"]))).status).toBe(403);
    }
  });

  it("shows the same files at its receipt, and has no others", async () => {
    const path = `/sources/${source.id}/receipts/${message.data.receipt_id}`;
    const { attachments, request } = dataOf(
      await workspace.call<{ data: { attachments: (File & { id: string })[]; request: { body: string } } }>(
        "GET",
        path,
      ),
    );
    const kept = attachments.map(({ id, filename, size }) => ({ id, filename, size }));
    expect(kept).toEqual([
      { id: "0-0", filename: "logo.png", size: 71 },
      { id: "0-1", filename: "Rechnung März.pdf", size: 279 },
    ]);
    expect(request.body).toContain("Content-Type: text/plain; charset=windows-1252");
    for (const none of ["0-2", "1-0", "0", "..", "0-0-0", "x"]) {
      expect((await workspace.call("GET", `${path}/attachments/${none}`)).status, none).toBe(404);
    }
  });
});

describe("an ordinary mail", () => {
  const headers = {
    From: "Jane <jane@example.com>",
    To: "support@in.example.com",
    Subject: "Opening hours",
    Date: "Fri, 27 Mar 2026 11:00:00 +0000",
    "Message-ID": "<ordinary@mail.example.com>",
    "Content-Type": "text/plain; charset=utf-8",
  };

  it("is a message without a ticket, whole", async () => {
    const { event, data } = await mailed(
      plainMail(headers, "Are you open today?\r\n\r\n> quoted"),
      "jane@example.com",
      "support@in.example.com",
    );
    expect(event).toBe("message.received");
    expect(data).toMatchObject({
      channel: "email",
      message_id: "<ordinary@mail.example.com>",
      from: "jane@example.com",
      from_name: "Jane",
      to: ["support@in.example.com"],
      subject: "Opening hours",
      media: [],
      in_reply_to: null,
      references: [],
    });
    expect(data.text.replaceAll("\r\n", "\n").trim()).toBe("Are you open today?\n\n> quoted");
    expect(data).not.toHaveProperty("ticket_id");
  });

  it("that answers one of a ticket, by whatever address, belongs to the ticket; and so does what answers it", async () => {
    const about = (id: string, thread: Record<string, string>) =>
      mailed(
        plainMail({ ...headers, "Message-ID": id, Subject: "By another address", ...thread }, "More."),
        "jane@example.com",
        "support@in.example.com",
      );
    const first = await mailed(
      plainMail({ ...headers, To: "reply+77@in.example.com", "Message-ID": "<t77@mail.example.com>" }, "Mine."),
      "jane@example.com",
      "reply+77@in.example.com",
    );
    const second = await about("<t77-2@mail.example.com>", { "In-Reply-To": "<t77@mail.example.com>" });
    const third = await about("<t77-3@mail.example.com>", {
      References: "<unknown@example.com>\r\n <t77-2@mail.example.com>",
    });
    const stranger = await about("<t78@mail.example.com>", { "In-Reply-To": "<unknown@example.com>" });
    expect([first, second, third, stranger].map(({ event, data }) => [event, data.ticket_id])).toEqual([
      ["ticket.message_created", "77"],
      ["ticket.message_created", "77"],
      ["ticket.message_created", "77"],
      ["message.received", undefined],
    ]);
  });

  it("that comes twice by two of its deliveries is one message", async () => {
    const mail = plainMail({ ...headers, "Message-ID": "<twice@mail.example.com>" }, "Once.");
    await mailed(mail, "jane@example.com", "support@in.example.com");
    const before = inbox.requests().length;
    const again = await deliver(source.callback_url, rawParse(mail, "jane@example.com", "support@in.example.com"));
    expect(again.status).toBe(200);
    // What comes after it has come: in between was nothing.
    await mailed(
      plainMail({ ...headers, "Message-ID": "<after@mail.example.com>" }, "After."),
      "jane@example.com",
      "support@in.example.com",
    );
    expect(inbox.requests()).toHaveLength(before + 1);
  });
});
