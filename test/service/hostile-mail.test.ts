import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostileMails } from "../support/hostile-mails.ts";
import { type Inbox, openInbox } from "../support/inbox.ts";
import { forgetPeak, peakOfRuntime } from "../support/process-memory.ts";
import {
  deliver,
  FORM_TYPE,
  glued,
  hmac,
  JSON_TYPE,
  MULTIPART_TYPE,
  multipart,
  type Outgoing,
  rawParse,
  SENDGRID_PUBLIC_KEY,
  seconds,
  sendgridSigned,
} from "../support/provider-callbacks.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, listReceipts, type ReceivingSource } from "../support/sources.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const [FROM, TO] = ["jo@example.com", "help@in.example.com"];
/** In bytes: a mail of 10 MB takes some of them when it is honest, too. */
const GROWTH = 600_000_000;

/** A way in which mail comes. */
interface Way {
  name: string;
  provider: string;
  credentials: Record<string, unknown>;
  /** Whether it brings the mail as it is, so that what is no mail is known by that. */
  raw: boolean;
  wrap(mail: string, url: string): Outgoing;
}

/** What a provider that takes mails apart makes of one. */
function apart(mail: string): { head: string; body: string } {
  const cut = mail.search(/\r?\n\r?\n/);
  return cut < 0 ? { head: mail, body: "" } : { head: mail.slice(0, cut), body: mail.slice(cut).trimStart() };
}

let tokens = 0;
function mailgunForm(fields: Record<string, string>): Outgoing {
  const timestamp = String(seconds());
  const token = String(++tokens).padStart(50, "0");
  const signature = hmac("sha256", SECRET, "hex", timestamp + token);
  const form = new URLSearchParams({ recipient: TO, sender: FROM, from: FROM, timestamp, token, signature, ...fields });
  return { method: "POST", headers: FORM_TYPE, body: form.toString() };
}

const WAYS: Way[] = [
  {
    ...{ name: "SendGrid, raw", provider: "sendgrid-inbound-parse", credentials: { public_key: SENDGRID_PUBLIC_KEY } },
    raw: true,
    wrap: (mail) => rawParse(mail, FROM, TO),
  },
  {
    ...{ name: "SendGrid", provider: "sendgrid-inbound-parse", credentials: { public_key: SENDGRID_PUBLIC_KEY } },
    raw: false,
    wrap(mail) {
      const { head, body } = apart(mail);
      const fields = { headers: head, text: body, html: body, from: FROM, to: TO, subject: "Hello" };
      const envelope = JSON.stringify({ to: [TO], from: FROM });
      const parts = Object.entries({ ...fields, envelope }).map(([name, content]) => ({ name, content }));
      return sendgridSigned(multipart(parts), MULTIPART_TYPE);
    },
  },
  {
    ...{ name: "Mailgun, MIME", provider: "mailgun", credentials: { signing_key: SECRET } },
    raw: true,
    wrap: (mail) => mailgunForm({ "body-mime": mail }),
  },
  {
    ...{ name: "Mailgun", provider: "mailgun", credentials: { signing_key: SECRET } },
    raw: false,
    wrap(mail) {
      const { head, body } = apart(mail);
      const headers = head.split(/\r?\n/).map((line) => [line.split(":")[0] ?? "", line]);
      const list = JSON.stringify(headers.slice(0, 20_000));
      return mailgunForm({ "body-plain": body, "body-html": body, "message-headers": list, subject: "Hello" });
    },
  },
  {
    ...{ name: "Mandrill", provider: "mandrill", credentials: { webhook_key: SECRET } },
    raw: false,
    wrap(mail, url) {
      const { head, body } = apart(mail);
      const headers = { "Message-Id": `<${++tokens}@example.com>`, To: head.slice(0, 400_000) };
      const msg = { email: TO, from_email: FROM, text: body, html: body, raw_msg: mail, headers, to: [[TO, null]] };
      const form = new URLSearchParams({ mandrill_events: JSON.stringify([{ event: "inbound", ts: seconds(), msg }]) });
      const signature = hmac("sha1", SECRET, "base64", url + glued(form.toString()));
      return { method: "POST", headers: { ...FORM_TYPE, "x-mandrill-signature": signature }, body: form.toString() };
    },
  },
  {
    ...{ name: "Postmark", provider: "postmark", credentials: { header: "X-Postmark-Token", value: SECRET } },
    raw: false,
    wrap(mail) {
      const { head, body } = apart(mail);
      const Headers = head.split(/\r?\n/, 20_000).map((line) => ({ Name: line.split(":")[0], Value: line }));
      const from = { From: FROM, FromFull: { Email: FROM, Name: "", MailboxHash: "" } };
      const MessageID = String(++tokens);
      const callback = { ...from, To: TO, OriginalRecipient: TO, MessageID, TextBody: body, HtmlBody: body, Headers };
      return { method: "POST", headers: { ...JSON_TYPE, "x-postmark-token": SECRET }, body: JSON.stringify(callback) };
    },
  },
];

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let inbox: Inbox;
let attention: Inbox;
let began: number;
const sources = new Map<Way, ReceivingSource>();

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
  [inbox, attention] = [openInbox(receiver), openInbox(receiver)];
  await workspace.webhook({ url: inbox.url, events: ["message.received"] });
  await workspace.webhook({ url: attention.url, events: ["source.attention"] });
  for (const way of WAYS) sources.set(way, await createSource(workspace, way.provider, way.credentials));
  for (const way of WAYS) await ordinary(way);
  forgetPeak(service.pid);
  began = peakOfRuntime(service.pid);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const sourceOf = (way: Way): ReceivingSource => sources.get(way) ?? { id: "", callback_url: "" };

/** What any callback with a mail may measure, in bytes (docs/inbound.md): some encodings take thrice what the mail does. */
const MAX_BODY = 30 * 1024 * 1024;

/** @returns whether it was answered as taken; a body that is too large is refused as that */
async function hand(way: Way, mail: string): Promise<boolean> {
  const { callback_url } = sourceOf(way);
  const callback = way.wrap(mail, callback_url);
  const fits = Buffer.byteLength(callback.body ?? "") <= MAX_BODY;
  expect((await deliver(callback_url, callback)).status).toBe(fits ? 200 : 413);
  return fits;
}

let mails = 0;
/** A mail as people write them comes in, and goes out as an event. */
async function ordinary(way: Way): Promise<void> {
  const word = `ordinary-${++mails}-`;
  const headers = [`From: ${FROM}`, `To: ${TO}`, `Message-ID: <${word}@example.com>`, "Subject: Hello"];
  expect(await hand(way, [...headers, "", word, ""].join("\r\n"))).toBe(true);
  await receiver.waitFor((all) => all.some(({ path, body }) => path === inbox.path && body.includes(word)));
}

describe.each(hostileMails())("a mail of $name", ({ mail, real }) => {
  it.each(WAYS)("by way of $name is answered, and the next one is read", async (way) => {
    const told = attention.requests().length;
    const taken = await hand(way, mail);
    const [receipt] = taken ? await listReceipts(workspace, sourceOf(way)) : [];
    if (taken && way.raw) expect(receipt?.verdict).toBe(real ? "verified" : "malformed");
    if (receipt?.verdict === "malformed") {
      expect(receipt.reason).toMatch(/more than|deep|too long|too much/);
      // Its people are told.
      await receiver.waitFor(() => attention.requests().length > told);
      expect(attention.requests().at(-1)?.body.toString()).toContain("could not be read");
    }
    await ordinary(way);
  });
});

it("nothing was thrown that was not foreseen, and the runtime kept its measure", () => {
  expect(service.output()).not.toMatch(/could not be read:|could not be taken in/);
  expect(peakOfRuntime(service.pid) - began).toBeLessThan(GROWTH);
});
