import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CASES } from "../support/callback-cases.ts";
import { eventually } from "../support/eventually.ts";
import { signedIn, type Visitor } from "../support/portal.ts";
import { deliver, FORM_TYPE } from "../support/provider-callbacks.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, listReceipts, type ReceivingSource, rejectionCounts } from "../support/sources.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/* The pages of sources, by what they show and do over HTTP: no browser, no script. */

let service: SpawnedService;
let workspace: Workspace;
let admin: Visitor;

beforeAll(async () => {
  service = await spawnService();
  workspace = await newWorkspace(service);
  admin = await signedIn(service.url, service.adminToken);
});

afterAll(() => service.stop());

const at = (rest: string, { id } = workspace): string => `/portal/${id}/sources${rest}`;

const TOKEN = "0123456789abcdef0123456789abcdef";

/** Calls a Twilio source as Twilio does. */
function report(url: string, sid: string, key = TOKEN): Promise<Response> {
  const fields = { MessageSid: sid, MessageStatus: "delivered", To: "+12025550143" };
  // By the names in their order: MessageSid, MessageStatus, To.
  const signature = createHmac("sha1", key)
    .update(`${url}MessageSid${sid}MessageStatusdeliveredTo+12025550143`)
    .digest("base64");
  const body = new URLSearchParams(fields).toString();
  return deliver(url, { method: "POST", headers: { ...FORM_TYPE, "x-twilio-signature": signature }, body });
}

describe("a source", () => {
  it("is added from nothing: explained, chosen, made, set up, and seen to work", async () => {
    const fresh = await newWorkspace(service, "Fresh");
    const empty = await admin.get(at("", fresh));
    expect(empty.status).toBe(200);
    for (const text of ["No source yet", "Email", "SMS and WhatsApp", "Payments, code and others", "Twilio SMS"]) {
      expect(empty.html).toContain(text);
    }
    const found = await admin.get(at("/new?q=twilio", fresh));
    expect(found.html).toContain(at("/new/twilio-sms", fresh));
    expect(found.html).not.toContain(at("/new/stripe", fresh));
    const form = await admin.get(at("/new/twilio-sms", fresh));
    expect(form.html).toMatch(/<input[^>]*name="credentials\.auth_token"[^>]*type="password"/);
    const made = await admin.post(at("/new/twilio-sms", fresh), { name: "Texts", "credentials.auth_token": TOKEN });
    expect(made.status).toBe(303);
    const setup = made.headers.get("location") ?? "";
    expect(setup).toMatch(/\/sources\/src_[A-Z0-9]{26}\/setup$/);
    const waiting = await admin.get(setup);
    const [url = ""] = /http:[^"<>\s]*\/in\/twilio-sms\/src_[A-Z0-9]{26}/.exec(waiting.html) ?? [];
    expect(waiting.html).toContain("Waiting for the first callback");
    expect(waiting.html).toContain(`hx-get="${setup}"`);
    expect(waiting.html).not.toContain(TOKEN);
    expect((await report(url, "SM1")).status).toBe(204);
    const arrived = await admin.get(setup);
    expect(arrived.html).not.toContain("Waiting for the first callback");
    expect(arrived.html).toContain("sms.delivered");
    // Nothing more can change: it asks no more.
    expect(arrived.html).not.toContain('hx-trigger="every');
    const list = await admin.get(at("", fresh));
    for (const text of ["Texts", "Twilio SMS", url, "receiving"]) expect(list.html).toContain(text);
  });

  it("that is refused keeps what was typed, and says what is wrong beside it", async () => {
    const fields = { name: "Mails", "options.topics": "arn:nonsense", "options.tolerance": "60" };
    const refused = await admin.post(at("/new/aws-ses-sns"), fields);
    expect(refused.status).toBe(422);
    for (const text of ["It must be the ARN of a topic", "arn:nonsense", 'value="Mails"', 'value="60"']) {
      expect(refused.html).toContain(text);
    }
  });

  it("shows what is to be entered at the provider too, once", async () => {
    const fields = { name: "Chats", "credentials.app_secret": "app-secret-7", "credentials.verify_token": "token-7" };
    const made = await admin.post(at("/new/meta-whatsapp"), fields);
    expect(made.status).toBe(201);
    expect(made.html).toContain("token-7");
    expect(made.html).not.toContain("app-secret-7");
    const setup = /data-replace-url="([^"]+)"/.exec(made.html)?.[1] ?? "";
    expect((await admin.get(setup)).html).not.toContain("token-7");
  });

  it("whose secret comes later is made without, and takes it in the next step", async () => {
    const made = await admin.post(at("/new/stripe"), { name: "Payments" });
    const setup = made.headers.get("location") ?? "";
    expect(setup).toMatch(/awaits=credentials$/);
    const [path = ""] = setup.split("?");
    const saved = await admin.post(path, { "credentials.signing_secret": "whsec_later" });
    expect([saved.status, saved.headers.get("location")]).toEqual([303, `${path}?done=saved`]);
  });

  it("is set up in the way that was chosen", async () => {
    const fields = { variant: "basic", name: "Doors", "credentials.username": "u", "credentials.password": "p" };
    const made = await admin.post(at("/new/generic"), { ...fields, "options.event": "door.opened" });
    expect(made.status).toBe(201);
    const id = /src_[A-Z0-9]{26}/.exec(made.html)?.[0] ?? "";
    const view = dataOf(await workspace.call<{ data: unknown }>("GET", `/sources/${id}`));
    expect(view).toMatchObject({
      credentials: { username: "set", password: "set" },
      options: { scheme: "basic", event: "door.opened" },
    });
  });

  it("is changed without its credentials, and with them", async () => {
    const source = await createSource(workspace, "twilio-sms", { auth_token: "old" });
    const edit = at(`/${source.id}/edit`);
    await admin.post(edit, { name: "Renamed", "credentials.auth_token": "" });
    expect((await report(source.callback_url, "SM1", "old")).status).toBe(204);
    const both = { name: "Renamed", "credentials.auth_token": "new", "credentials.auth_token.second": "old" };
    const saved = await admin.post(edit, both);
    expect(saved.headers.get("location")).toBe(`${at(`/${source.id}`)}?done=saved`);
    const page = await admin.get(at(`/${source.id}`));
    for (const text of ["Renamed", "2 set"]) expect(page.html).toContain(text);
  });

  it("keeps the options that no form of its provider has", async () => {
    const options = { ticket_subject: "[#{ticket}]" };
    const source = await createSource(workspace, "plivo-sms", { auth_token: "t" }, options);
    await admin.post(at(`/${source.id}/edit`), { name: "Plivo", "options.require_v3": "on" });
    const view = await workspace.call<{ data: { options: unknown } }>("GET", `/sources/${source.id}`);
    expect(dataOf(view).options).toEqual({ ...options, require_v3: true });
  });

  it("is deleted once somebody has said yes", async () => {
    const source = await createSource(workspace, "github", { secret: "s" });
    const asking = await admin.get(at(`/${source.id}/delete`));
    expect(asking.html).toContain("The provider gets 404 from then on");
    const gone = await admin.post(at(`/${source.id}/delete`), {});
    expect(gone.headers.get("location")).toBe(`${at("")}?done=deleted`);
    expect((await admin.get(at(`/${source.id}`))).status).toBe(404);
  });
});

describe("what came in", () => {
  let source: ReceivingSource;

  beforeAll(async () => {
    source = await createSource(workspace, "twilio-sms", { auth_token: TOKEN });
    await report(source.callback_url, "SM1");
    await report(source.callback_url, "SM2", "another's");
    await eventually(
      () => rejectionCounts(workspace, source),
      (counts) => counts.bad_signature === 1,
    );
  });

  it("is listed with its events; what was refused, with its cause and what to do", async () => {
    const { html } = await admin.get(at(`/${source.id}`));
    for (const text of ["verified", "sms.delivered", "Wrong signature", "bad_signature", "Compare the credential"]) {
      expect(html).toContain(text);
    }
    expect(html).toContain('hx-trigger="every 3s"');
    expect(html).not.toContain(TOKEN);
  });

  it("is shown as it came, with the event that it became", async () => {
    const [receipt] = await eventually(
      () => listReceipts(workspace, source),
      ([first]) => first?.events !== null,
    );
    const found = await admin.get(`/portal/${workspace.id}/receipts/${receipt?.id}`);
    expect([found.status, found.headers.get("location")]).toEqual([303, at(`/${source.id}/receipts/${receipt?.id}`)]);
    const { html } = await admin.get(found.headers.get("location") ?? "");
    expect(html).toContain(`/portal/${workspace.id}/events/${receipt?.events?.[0]}`);
    for (const text of ["POST ", "content-type", "MessageStatus", "+12025550143", "sms.delivered"]) {
      expect(html).toContain(text);
    }
    expect((await admin.get(`/portal/${workspace.id}/receipts/rcp_nope`)).status).toBe(404);
  });

  it("hands its files over as sandboxed downloads, and says that its body is binary", async () => {
    const mail = CASES.find(({ name }) => name === "SendGrid, Inbound Parse");
    if (!mail) throw new Error("There is no such case");
    const mails = await createSource(workspace, mail.provider, mail.credentials);
    await deliver(mails.callback_url, await mail.callback(mails.callback_url));
    const [receipt] = await listReceipts(workspace, mails);
    const path = at(`/${mails.id}/receipts/${receipt?.id}`);
    const { html } = await admin.get(path);
    expect(html).toContain("It is binary");
    expect(html).toContain("p.png");
    const href = /href="([^"]+\/attachments\/[^"]+)"/.exec(html)?.[1] ?? "";
    const file = await admin.get(href);
    expect(file.status).toBe(200);
    expect(file.headers.get("content-type")).toBe("image/png");
    expect(file.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''p.png");
    expect(file.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
    expect((await admin.get(href.replace(/[^/]+$/, "7-7"))).status).toBe(404);
  });
});

describe("who may only read", () => {
  it("sees no controls, and changes nothing", async () => {
    const source = await createSource(workspace, "github", { secret: "s" });
    const token = { name: "Reader", scopes: ["read"] };
    const made = await workspace.call<{ data: { token: string } }>("POST", "/tokens", token);
    const reader = await signedIn(service.url, dataOf(made).token);
    const list = await reader.get(at(""));
    expect(list.status).toBe(200);
    expect(list.html).not.toContain("Add source");
    const page = await reader.get(at(`/${source.id}`));
    expect(page.html).not.toContain(at(`/${source.id}/edit`));
    expect(page.html).not.toContain(at(`/${source.id}/delete`));
    const setup = await reader.get(at(`/${source.id}/setup?awaits=credentials`));
    expect(setup.html).not.toContain('name="credentials.');
    const tries = [
      await reader.get(at("/new")),
      await reader.get(at("/new/github")),
      await reader.get(at(`/${source.id}/edit`)),
      await reader.post(at("/new/github"), { name: "x", "credentials.secret": "x" }),
      await reader.post(at(`/${source.id}/edit`), { name: "x" }),
      await reader.post(at(`/${source.id}/setup`), { "credentials.secret": "x" }),
      await reader.post(at(`/${source.id}/delete`), {}),
    ];
    expect(tries.map(({ status }) => status)).toEqual(tries.map(() => 403));
  });

  it("sees nothing of another workspace", async () => {
    const other = await newWorkspace(service, "Other");
    const source = await createSource(other, "github", { secret: "s" });
    const made = await workspace.call<{ data: { token: string } }>("POST", "/tokens", {
      name: "Manager",
      scopes: ["read", "manage"],
    });
    const stranger = await signedIn(service.url, dataOf(made).token);
    for (const path of [at("", other), at(`/${source.id}`, other), at(`/${source.id}`), at(`/${source.id}/edit`)]) {
      expect((await stranger.get(path)).status).toBe(404);
    }
  });

  it("is not believed a form from elsewhere", async () => {
    expect((await admin.post(at("/new/github"), { csrf: "guessed", name: "x" })).status).toBe(403);
  });
});
