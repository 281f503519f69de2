import { env, exports } from "cloudflare:workers";
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isAway } from "../../src/config/failures.ts";
import type { Vector } from "../../src/inbound/providers/fixtures.ts";
import { Source } from "../../src/inbound/source.ts";
import worker from "../../src/index.ts";
import reply from "../inbound/mails/reply.eml?raw";
import { soon } from "../support/soon.ts";
import { refusing } from "./d1.ts";
import { api } from "./service.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

afterEach(() => vi.restoreAllMocks());

/** A source of a workspace of its own, and what it has led to. */
async function newSource(provider: string, credentials: object, options: object = {}) {
  const { id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme" });
  const fields = { provider, name: provider, credentials, options };
  const created = await api<{ id: string; callback_url: string }>("POST", `/workspaces/${workspace}/sources`, fields);
  const object = env.SOURCE.getByName(created.id);
  const events = async () =>
    (await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 100 })).events
      .toReversed()
      .filter(({ type }) => type !== "source.verification_failed")
      .map(({ type, data }) => ({ type, data: JSON.parse(data) as Record<string, unknown> }));
  return {
    id: created.id,
    workspace,
    events,
    receipts: async () => (await object.listReceipts(100, undefined)).rows,
    /** All events, once there are so many and no receipt waits any more: what would come twice has come. */
    async settled(count: number) {
      await soon(async () => {
        expect((await object.listReceipts(100, undefined)).rows.every((receipt) => receipt.events !== null)).toBe(true);
        expect(await events()).toHaveLength(count);
      });
      return events();
    },
    rejections: () => soon(async () => expectSome((await object.rejections()).counts)),
    async post(body: string, headers: Record<string, string> = {}, query = ""): Promise<Response> {
      return exports.default.fetch(created.callback_url + query, { method: "POST", headers, body });
    },
  };
}

function expectSome(counts: object): object {
  expect(counts).not.toEqual({});
  return counts;
}

const statusOf = async (answer: Promise<Response>) => (await answer).status;

it("a credential that comes in the address is not kept with the receipt", async () => {
  const value = "a-header-that-nobody-guesses";
  const { id, post, settled, receipts } = await newSource(
    "generic",
    { value },
    { scheme: "header", header: "X-Token", event: "it" },
  );
  const path = `?token=${value}&packed=${btoa(value)}&more=1`;
  expect(await statusOf(post('{"n":1}', { "x-token": value }, path))).toBe(200);
  await settled(1);
  const [receipt] = await receipts();
  const kept = await env.SOURCE.getByName(id).getReceipt(receipt?.id ?? "");
  const shown = decodeURIComponent(new URL(kept?.request.url ?? "").search);
  expect(shown).toMatch(/^\?token=••••&packed=••••\w?=*&more=1$/u);
  expect(kept?.request.headers["x-token"]).toBe("••••");
});

describe("a callback as large as its provider documents", () => {
  const MIB = 1024 * 1024;
  const signed = (body: string) => createHmac("sha256", SECRET).update(body).digest("hex");

  it("of GitHub is kept whole, and its event says that it shows no payload; above it is refused", async () => {
    const { id, post, settled, receipts } = await newSource("github", { secret: SECRET });
    const head = '{"ref":"refs/heads/main","commits":["';
    const body = `${head}${"p".repeat(25 * MIB - head.length - 3)}"]}`;
    const headers = (text: string) => ({
      ...{ "x-github-event": "push", "x-github-delivery": "d1", "content-type": "application/json" },
      "x-hub-signature-256": `sha256=${signed(text)}`,
    });
    expect(await statusOf(post(body, headers(body)))).toBe(200);
    const [event] = await settled(1);
    expect(event).toMatchObject({ type: "github.push", data: { payload: null, truncated: ["payload"] } });
    const [receipt] = await receipts();
    const kept = await env.SOURCE.getByName(id).getReceipt(receipt?.id ?? "");
    expect(kept?.request.body.length).toBe(25 * MIB);
    expect(await statusOf(post(`${body} `, headers(`${body} `)))).toBe(413);
  });

  it("of WhatsApp has 3 MB", async () => {
    const { post, settled } = await newSource("meta-whatsapp", { app_secret: SECRET, verify_token: "token" });
    const messages = [{ id: "m", from: "1", type: "text", timestamp: "1", text: { body: "t".repeat(3 * MIB - 200) } }];
    const entry = [{ id: "1", changes: [{ field: "messages", value: { messages } }] }];
    const body = JSON.stringify({ object: "whatsapp_business_account", entry });
    const full = body.padEnd(3 * MIB, " ");
    expect(full.length).toBe(3 * MIB);
    expect(await statusOf(post(full, { "x-hub-signature-256": `sha256=${signed(full)}` }))).toBe(200);
    const [event] = await settled(1);
    expect(event).toMatchObject({ type: "message.received", data: { message_id: "m", truncated: ["text"] } });
    expect(await statusOf(post(`${full} `, {}))).toBe(413);
  });
});

describe("a mail by Cloudflare Email Routing", () => {
  const mail = reply.replaceAll(/\r?\n/g, "\r\n");

  /** The message as the runtime hands it over; what it cannot do here, a test must not ask for. */
  function incoming(to: string, text = mail, rawSize = text.length) {
    const setReject = vi.fn<(reason: string) => void>();
    const raw = new Response(text).body;
    if (!raw) throw new Error("A mail without a body");
    const not = () => Promise.reject(new Error("Not here"));
    const message: ForwardableEmailMessage = {
      ...{ from: "bounce@example.com", to, headers: new Headers(), raw, rawSize, setReject },
      ...{ canBeForwarded: true, forward: not, reply: not },
    };
    return { message, setReject, raw };
  }

  const settings = (more: Record<string, string>): Env => ({ ...env, ...more });
  const addressOf = (id: string) => `${id.toLowerCase()}@in.example.com`;

  it("to a source's address is a message, with the envelope's addresses, and files to be fetched", async () => {
    const { id, settled } = await newSource("cloudflare-email", {});
    const { message, setReject } = incoming(addressOf(id));
    await worker.email(message, settings({ PUBLIC_ORIGIN: "https://hooks.example.com" }));
    expect(setReject).not.toHaveBeenCalled();
    const [event] = await settled(1);
    expect(event).toMatchObject({
      type: "message.received",
      data: {
        provider: "cloudflare-email",
        channel: "email",
        message_id: "<reply-1@mail.example.com>",
        from: "juergen@example.com",
        from_name: "Jürgen Müller",
        to: ["reply+1042@in.example.com"],
        envelope: { from: "bounce@example.com", to: [addressOf(id)] },
        subject: "Re: [#1042] Rechnung für März",
        text: expect.stringMatching(/^Grüße aus Köln – die Rechnung über 5 € ist „falsch“\. Bitte korrigieren\./),
        media: [
          { filename: "logo.png", content_type: "image/png", content_id: "logo@mail.example.com", size: 71 },
          { filename: "Rechnung März.pdf", content_type: "application/pdf", size: 279 },
        ],
      },
    });
    const [, invoice] = (event?.data.media ?? []) as { url: string }[];
    expect(invoice?.url).toMatch(/^https:\/\/hooks\.example\.com\/api\/v1\//);
    const file = await exports.default.fetch(invoice?.url ?? "", {
      headers: { authorization: `Bearer ${env.ADMIN_TOKEN}` },
    });
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = new TextDecoder("latin1").decode(bytes);
    expect({ length: bytes.length, begins: text.slice(0, 8), ends: text.slice(-6) }).toEqual({
      ...{ length: 279, begins: "%PDF-1.4", ends: "%%EOF\n" },
    });
  });

  it("of a program is no message of its ticket, unless the source wants it", async () => {
    const options = { ticket_subject: "[#{ticket}]" };
    for (const [more, head, type, kind] of [
      [{}, "Auto-Submitted: auto-replied", "message.received", "auto_reply"],
      [{ ticket_auto: true }, "Auto-Submitted: auto-replied", "ticket.message_created", "auto_reply"],
      [{}, "X-Posthorn-Source: ID", "message.received", "loop"],
      [{}, "List-Id: <us.example.com>", "ticket.message_created", "list"],
    ] as const) {
      const { id, settled } = await newSource("cloudflare-email", {}, { ...options, ...more });
      await worker.email(incoming(addressOf(id), `${head.replace("ID", id)}\r\n${mail}`).message, env);
      const [event] = await settled(1);
      expect(event).toMatchObject({ type, data: { auto: { kind } } });
      expect(event?.data).not.toHaveProperty("sent_for");
    }
  });

  it("is a ticket's where its subject says so, or the address that the deployment has assigned", async () => {
    const bySubject = await newSource("cloudflare-email", {}, { ticket_subject: "[#{ticket}]" });
    await worker.email(incoming(addressOf(bySubject.id)).message, env);
    const byAddress = await newSource("cloudflare-email", {}, { ticket_address: "reply+{ticket}@in.example.com" });
    const routes = settings({ EMAIL_ROUTES: JSON.stringify({ "in.example.com": byAddress.id }) });
    await worker.email(incoming("Reply+77@IN.example.com").message, routes);
    const reply = "Grüße aus Köln – die Rechnung über 5 € ist „falsch“. Bitte korrigieren.\n\nDanke,\nJürgen";
    for (const [{ settled }, ticket_id] of [[bySubject, "1042"] as const, [byAddress, "77"] as const]) {
      expect(await settled(1)).toMatchObject([{ type: "ticket.message_created", data: { ticket_id, reply } }]);
    }
  });

  it("is to come again where more come at once than its source takes", async () => {
    const { id, settled } = await newSource("cloudflare-email", {});
    const limit = vi.fn(async () => ({ success: false }));
    const limited: Env = { ...env, SOURCE_REQUESTS: { limit } };
    const one = (n: number) =>
      worker.email(incoming(addressOf(id), mail.replace("reply-1@", `reply-${n}@`)).message, limited);
    // One question for twenty of them; what it is answered holds for those that come next.
    for (let n = 0; n < 20; n++) await one(n);
    expect(limit.mock.calls).toEqual([[{ key: id }]]);
    await expect(one(20)).rejects.toThrow("too many mails");
    expect(await settled(20)).toHaveLength(20);
  });

  it("while D1 is away is taken for a source that is known, and is to come again for another, not refused", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const [{ id, settled }, unseen] = [
      await newSource("cloudflare-email", {}),
      await newSource("cloudflare-email", {}),
    ];
    await worker.email(incoming(addressOf(id)).message, env);
    refusing();
    await worker.email(incoming(addressOf(id), mail.replace("reply-1@", "reply-2@")).message, env);
    const { message, setReject } = incoming(addressOf(unseen.id));
    await expect(worker.email(message, env)).rejects.toSatisfy(isAway);
    expect(setReject).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    expect(await settled(2)).toHaveLength(2);
  });

  it("that its server sends again is one message", async () => {
    const { id, settled, receipts } = await newSource("cloudflare-email", {});
    for (let times = 0; times < 3; times++) await worker.email(incoming(addressOf(id)).message, env);
    expect(await settled(1)).toHaveLength(1);
    expect(await receipts()).toHaveLength(1);
  });

  it("that cannot be stored now is not lost: its server is to try again", async () => {
    const { id, settled } = await newSource("cloudflare-email", {});
    vi.spyOn(Source.prototype, "accept").mockImplementationOnce(() => {
      throw new Error("away");
    });
    const { message, setReject } = incoming(addressOf(id));
    await expect(worker.email(message, env)).rejects.toThrow("away");
    expect(setReject).not.toHaveBeenCalled();
    await worker.email(incoming(addressOf(id)).message, env);
    expect(await settled(1)).toHaveLength(1);
  });

  it("to nobody's address is refused", async () => {
    const github = await newSource("github", { secret: SECRET });
    for (const address of [
      "src_01km5qran0akx5ds99ajrekxvh@in.example.com",
      "support@in.example.com",
      "src_@in.example.com",
      // A source, but of another provider.
      addressOf(github.id),
    ]) {
      const { message, setReject } = incoming(address);
      await worker.email(message, env);
      expect(setReject.mock.calls, address).toEqual([["There is no such address"]]);
    }
    expect(await github.receipts()).toEqual([]);
  });

  it("that is too large is refused without being read", async () => {
    const { id, receipts } = await newSource("cloudflare-email", {});
    const { message, setReject, raw } = incoming(addressOf(id), mail, 30 * 1024 * 1024 + 1);
    await worker.email(message, env);
    expect(setReject.mock.calls).toEqual([["The message is too large"]]);
    expect(raw.locked).toBe(false);
    expect(await receipts()).toEqual([]);
  });

  it("is nothing that may come over HTTP", async () => {
    const { post, receipts } = await newSource("cloudflare-email", {});
    expect(await statusOf(post(mail, { "x-envelope-from": "a@example.com", "x-envelope-to": "b@example.com" }))).toBe(
      400,
    );
    expect(await receipts()).toEqual([]);
  });
});

describe("Amazon SES by way of SNS", () => {
  const vectors = (env.TEST_VECTORS as Vector[]).filter(({ scheme, expect: good }) => scheme === "sns" && good);
  const TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic";
  /** The time in the messages is that of their making, long ago. */
  const OPTIONS = { topics: [TOPIC], tolerance: 0 };

  /** A message as SNS has signed it, with what of it the service looks at. */
  function message(type: string, version = "2") {
    for (const { body: given, headers, secret_or_key: certificate } of vectors) {
      const body = given ?? "";
      const told: Record<string, string> = JSON.parse(body);
      if (told.Type === type && told.SignatureVersion === version) return { body, headers, certificate, told };
    }
    throw new Error(`There is no ${type}`);
  }

  const { certificate } = message("Notification");
  /** What of AWS was fetched. */
  let fetched: string[];
  let awsAnswers: number;

  beforeEach(() => {
    fetched = [];
    awsAnswers = 200;
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
      const url = String(input);
      fetched.push(url);
      return new Response(url.endsWith(".pem") ? certificate : "<ConfirmSubscriptionResponse/>", {
        status: awsAnswers,
      });
    });
  });

  /** The certificate is fetched once for all, by whichever test comes first. */
  const visited = () => fetched.filter((url) => !url.endsWith(".pem"));

  it("becomes a status, once", async () => {
    const { post, settled, receipts } = await newSource("aws-ses-sns", {}, OPTIONS);
    const { body, headers } = message("Notification");
    for (let times = 0; times < 3; times++) expect(await statusOf(post(body, headers))).toBe(200);
    expect(await settled(1)).toMatchObject([
      {
        type: "email.delivered",
        data: {
          provider: "aws-ses-sns",
          channel: "email",
          status: "delivered",
          message_id: "EXAMPLE7c191be45",
          recipient: "recipient@example.com",
          occurred_at: "2016-10-19T23:21:04.133Z",
        },
      },
    ]);
    expect(await receipts()).toHaveLength(1);
    expect(visited()).toEqual([]);
  });

  it.each([
    ["with one byte changed", OPTIONS, (body: string) => body.replace("recipient@", "recipienu@"), "bad_signature"],
    ["of another topic", { ...OPTIONS, topics: [`${TOPIC}2`] }, (body: string) => body, "wrong_topic"],
    ["that somebody recorded long ago", { topics: [TOPIC] }, (body: string) => body, "stale"],
  ])("%s is refused", async (_, options, change, cause) => {
    const { post, rejections, receipts, events } = await newSource("aws-ses-sns", {}, options);
    const { body, headers } = message("Notification");
    expect(await statusOf(post(change(body), headers))).toBe(403);
    expect(await rejections()).toEqual({ [cause]: 1 });
    expect(await receipts()).toEqual([]);
    expect(await events()).toEqual([]);
  });

  it("is asked to come again where the certificate cannot be had now", async () => {
    const { post, settled, receipts } = await newSource("aws-ses-sns", {}, OPTIONS);
    const { body, headers, told } = message("Notification");
    // One that nobody has fetched yet: where the certificate lies is not signed.
    const url = (told.SigningCertURL ?? "").replace("-f3ec", "-0000");
    const other = JSON.stringify({ ...told, SigningCertURL: url });
    expect(other).not.toBe(body);
    awsAnswers = 500;
    expect(await statusOf(post(other, headers))).toBe(503);
    expect(await receipts()).toEqual([]);
    awsAnswers = 200;
    expect(await statusOf(post(other, headers))).toBe(200);
    await settled(1);
    expect(fetched).toEqual([url, url]);
  });

  it.each(["1", "2"])("is subscribed to by one visit, once its message is verified (version %s)", async (version) => {
    const { post, receipts, events } = await newSource("aws-ses-sns", {}, OPTIONS);
    const { body, headers, told } = message("SubscriptionConfirmation", version);
    // The text of the message is what the signature covers, as much as the URL to visit.
    expect(await statusOf(post(body.replace("You have chosen", "You hawe chosen"), headers))).toBe(403);
    expect(await statusOf(post(body.replaceAll("Token=2336", "Token=2337"), headers))).toBe(403);
    expect(visited()).toEqual([]);
    expect(await statusOf(post(body, headers))).toBe(200);
    expect(visited()).toEqual([told.SubscribeURL]);
    // Said again, it may be old, and undo a farewell that came meanwhile.
    expect(await statusOf(post(body, headers))).toBe(200);
    expect(visited()).toEqual([told.SubscribeURL]);
    expect(await receipts()).toMatchObject([{ verdict: "control", reason: `Subscribed to ${TOPIC}`, events: [] }]);
    expect(await events()).toEqual([]);
  });

  it("is not visited for a topic that the source does not take", async () => {
    const { post } = await newSource("aws-ses-sns", {}, { ...OPTIONS, topics: [`${TOPIC}2`] });
    const { body, headers } = message("SubscriptionConfirmation");
    expect(await statusOf(post(body, headers))).toBe(403);
    expect(fetched).toEqual([]);
  });

  it("is asked to come again where AWS does not take the visit", async () => {
    const { post, receipts } = await newSource("aws-ses-sns", {}, OPTIONS);
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { body, headers } = message("SubscriptionConfirmation");
    await post(body.replace("You have chosen", "You hawe chosen"), headers);
    awsAnswers = 500;
    expect(await statusOf(post(body, headers))).toBe(503);
    expect(await receipts()).toEqual([]);
    awsAnswers = 200;
    expect(await statusOf(post(body, headers))).toBe(200);
    expect(await receipts()).toHaveLength(1);
  });

  it("is not read, whatever the visit is answered", async () => {
    const { post } = await newSource("aws-ses-sns", {}, OPTIONS);
    const { body, headers } = message("SubscriptionConfirmation");
    let [read, cancelled] = [0, false];
    const endless = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          read++;
          controller.enqueue(new Uint8Array(65_536));
        },
        cancel: () => {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    vi.mocked(globalThis.fetch).mockImplementation(async (input) => {
      return new Response(String(input).endsWith(".pem") ? certificate : endless);
    });
    expect(await statusOf(post(body, headers))).toBe(200);
    expect({ read, cancelled }).toEqual({ read: 0, cancelled: true });
  });

  it("is never visited when a subscription ends: that would begin it again", async () => {
    const { post, receipts, settled } = await newSource("aws-ses-sns", {}, OPTIONS);
    const { body, headers } = message("UnsubscribeConfirmation");
    expect(await statusOf(post(body, headers))).toBe(200);
    expect(visited()).toEqual([]);
    // Somebody should know.
    expect(await settled(1)).toMatchObject([
      { type: "source.attention", data: { provider: "aws-ses-sns", note: `Unsubscribed from ${TOPIC}` } },
    ]);
    expect(await receipts()).toMatchObject([{ verdict: "control", reason: `Unsubscribed from ${TOPIC}` }]);
  });
});

const hmac = (text: string) => createHmac("sha256", SECRET).update(text).digest("hex");

describe("a provider that was answered 503", () => {
  /** Its signature is good for once, and covers no more than this. */
  const token = "06c96bafc3f42a66b9edd546347a2fe18dc23461fe80dc52f0";
  const timestamp = String(Math.floor(Date.now() / 1000));
  const callback = JSON.stringify({
    signature: { timestamp, token, signature: hmac(timestamp + token) },
    "event-data": { event: "delivered", recipient: "alice@example.com", message: { headers: { "message-id": "1@x" } } },
  });
  const headers = { "content-type": "application/json" };

  const three = async (post: (body: string, headers: Record<string, string>) => Promise<Response>) => {
    const answers: number[] = [];
    for (let times = 0; times < 3; times++) answers.push(await statusOf(post(callback, headers)));
    return answers;
  };

  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => {});
  });

  it("because nothing was stored, comes again, and it is one event", async () => {
    const { post, settled, receipts } = await newSource("mailgun", { signing_key: SECRET });
    vi.spyOn(Source.prototype, "accept").mockImplementationOnce(() => {
      throw new Error("away");
    });
    expect(await three(post)).toEqual([503, 200, 200]);
    expect(await settled(1)).toMatchObject([{ type: "email.delivered", data: { message_id: "1@x" } }]);
    expect(await receipts()).toHaveLength(1);
  });

  it("because the answer was lost on its way, comes again, and it is one event all the same", async () => {
    const { post, settled, receipts } = await newSource("mailgun", { signing_key: SECRET });
    const accept = Source.prototype.accept;
    vi.spyOn(Source.prototype, "accept").mockImplementationOnce(function (this: Source, stored) {
      accept.call(this, stored);
      throw new Error("lost");
    });
    expect(await three(post)).toEqual([503, 200, 200]);
    expect(await settled(1)).toMatchObject([{ type: "email.delivered", data: { message_id: "1@x" } }]);
    expect(await receipts()).toHaveLength(1);
  });

  it("for part of a list that was stored, sends the list again, and each of it is one event", async () => {
    const { post, settled } = await newSource("meta-whatsapp", { app_secret: SECRET, verify_token: "t" });
    const both = whatsapp(["m1", "sent"], ["m2", "sent"]);
    expect(await statusOf(post(...whatsapp(["m1", "sent"])))).toBe(200);
    vi.spyOn(Source.prototype, "accept").mockImplementationOnce(() => {
      throw new Error("away");
    });
    expect(await statusOf(post(...both))).toBe(503);
    expect(await statusOf(post(...both))).toBe(200);
    expect((await settled(2)).map(({ data }) => data.message_id)).toEqual(["m1", "m2"]);
  });
});

/** What Meta says of messages, signed. */
function whatsapp(...reports: (readonly [id: string, status: string])[]): [string, Record<string, string>] {
  const statuses = reports.map(([id, status]) => ({
    id,
    status,
    timestamp: "1750263773",
    recipient_id: "16505551234",
  }));
  const change = { field: "messages", value: { metadata: { phone_number_id: "1" }, statuses } };
  const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [change] }] });
  return [body, { "content-type": "application/json", "x-hub-signature-256": `sha256=${hmac(body)}` }];
}

describe("statuses out of order", () => {
  it("are all told, and take no message back", async () => {
    const { post, settled } = await newSource("meta-whatsapp", { app_secret: SECRET, verify_token: "t" });
    for (const status of ["sent", "read", "delivered", "failed"]) await post(...whatsapp(["m1", status]));
    // Of another message, nothing is known yet.
    await post(...whatsapp(["m2", "delivered"]));
    expect((await settled(5)).map(({ type, data }) => [data.message_id, type, data.advanced])).toEqual([
      ["m1", "whatsapp.sent", true],
      ["m1", "whatsapp.read", true],
      ["m1", "whatsapp.delivered", false],
      ["m1", "whatsapp.failed", false],
      ["m2", "whatsapp.delivered", true],
    ]);
  });
});
