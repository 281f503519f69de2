import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { CASES } from "../support/callback-cases.ts";
import { emailsTo } from "../support/emails.ts";
import { eventually } from "../support/eventually.ts";
import { openInbox } from "../support/inbox.ts";
import { signedIn, visitor } from "../support/portal.ts";
import { deliver, JSON_TYPE, WHSEC } from "../support/provider-callbacks.ts";
import { answer, type Handler, type Receiver, startReceiver } from "../support/receiver.ts";
import { dump, eachDatabase, findings, type Haystack, spellings } from "../support/secrecy.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, listReceipts } from "../support/sources.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

const fresh = (): string => randomBytes(24).toString("hex");
const standardSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
const derived = (key: string): Buffer => createHash("sha256").update(key).digest();

/** Shows what it was sent, as many a test server does. */
const echo: Handler = (request, response) => {
  response
    .writeHead(500, JSON_TYPE)
    .end(JSON.stringify({ query: Object.fromEntries(request.query), ...request.headers }));
};
/** What receivers show of what they know, each a way of its own: all in the end as it was sent. */
const PARROTS: ((secret: string) => Handler)[] = [
  (secret) => answer(200, spellings(secret).map(String).join(" ")),
  // What is escaped already would be escaped twice, which nobody claims to recognise.
  (secret) =>
    answer(
      200,
      JSON.stringify({
        sent: spellings(secret)
          .map(String)
          .filter((each) => !each.includes("\\")),
      }),
      JSON_TYPE,
    ),
  (secret) => answer(200, "no", { "x-echo": `you sent ${secret}`, "x-hex": Buffer.from(secret).toString("hex") }),
  (secret) =>
    answer(200, "no", {
      "x-packed": Buffer.from(`key: ${secret}`).toString("base64"),
      [secret.replace(/[^\w-]/g, "")]: "1",
    }),
  // Across the end of what is kept: begun three quarters, half and a quarter before it.
  ...[0.75, 0.5, 0.25].map((part) => (secret: string) => {
    return answer(200, `${"-".repeat(4096 - Math.floor(secret.length * part))}${secret}${"-".repeat(5000)}`);
  }),
  // Broken off within it.
  (secret) => (_, response) => {
    response.writeHead(200, { "content-length": 9000 });
    response.write(secret.slice(0, -3), () => response.destroy());
  },
];
/** Of a secret that is shown in part, so much is told as is looked for: a quarter, from its beginning. */
const TELLING = 0.25;

/** Passes the handshake of the dialect community, and says what it was told. */
const obliging: Handler = (request, response) => answer(200, request.query.get("challenge") ?? "")(request, response);

describe("the search", () => {
  const secret = 'hunter2-"is-no-secret?>~';
  const needles = spellings(secret);
  const finds = (text: string | Buffer) => needles.some((needle) => Buffer.from(text).includes(needle));

  it.each([0, 1, 2, 3])("finds a secret in the base64 of a text, behind %i bytes", (length) => {
    const bytes = Buffer.from(`${"u".repeat(length)}${secret}:and more`);
    expect(finds(`x${bytes.toString("base64")}`)).toBe(true);
    expect(finds(`x${bytes.toString("base64url")}`)).toBe(true);
  });

  it("finds it as it is, in hex, percent-encoded and in JSON", () => {
    for (const text of [
      `a${secret}b`,
      Buffer.from(`a${secret}`).toString("hex"),
      Buffer.from(`a${secret}`).toString("hex").toUpperCase(),
      `?a=${encodeURIComponent(secret)}`,
      JSON.stringify({ a: secret }),
    ]) {
      expect(finds(text)).toBe(true);
    }
    expect(finds(`${secret.slice(1)} ${Buffer.from(secret.slice(1)).toString("base64")}`)).toBe(false);
  });
});

describe("after a full run", () => {
  const secrets = new Map<string, string | Buffer>();
  const keep = (name: string, secret: string): string => {
    secrets.set(name, secret);
    return secret;
  };
  const stateDir = mkdtempSync(join(tmpdir(), "posthorn-secrecy-"));
  const answers: Haystack[] = [];
  let service: SpawnedService;
  let receiver: Receiver;
  let left: Haystack[];
  /** Attempts that show that something is hidden. */
  let masked = 0;

  /** Everything that a token which may read is shown, of these lists and of each thing in them. */
  async function readAll(workspace: Workspace, webhooks: Webhook[]): Promise<void> {
    const look = async (path: string): Promise<unknown> => {
      const { status, text, json } = await api(service.url, service.adminToken)<{ data: unknown }>("GET", path);
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      answers.push({ where: `GET ${path}`, bytes: Buffer.from(text) });
      return json.data;
    };
    const each = async (path: string, of: (id: string) => string[]) => {
      const rows = (await look(path)) as { id: string }[];
      for (const { id } of rows) for (const below of of(id)) await look(below);
    };
    const at = workspace.path;
    await look("/api/v1/admin/reencrypt");
    await each("/api/v1/workspaces", (id) => [`/api/v1/workspaces/${id}`]);
    await look(`${at}/tokens`);
    await look(`${at}/portal-links`);
    await look("/api/v1/audit-log?limit=100");
    await look(`${at}/audit-log?limit=100`);
    await look(`${at}/webhook-stats`);
    await each(`${at}/events`, (id) => [`${at}/events/${id}`]);
    for (const { id } of webhooks) {
      await look(`${at}/webhooks/${id}`);
      await each(`${at}/webhooks/${id}/deliveries`, (delivery) => [`${at}/deliveries/${delivery}`]);
    }
    await look(`${at}/webhooks`);
    const sources = (await look(`${at}/sources?limit=100`)) as { id: string }[];
    await browse(workspace, webhooks, sources);
    for (const { id } of sources) {
      await look(`${at}/sources/${id}`);
      await each(`${at}/sources/${id}/receipts`, (receipt) => [`${at}/sources/${id}/receipts/${receipt}`]);
    }
  }

  /** The same in the portal, as somebody with all its rights. A page's own address of a link is the link itself. */
  async function browse(workspace: Workspace, webhooks: Webhook[], sources: { id: string }[]): Promise<void> {
    const { url } = dataOf(await workspace.call<{ data: { url: string } }>("POST", "/portal-links", {}));
    keep("a portal link", url.split("/").at(-1) ?? "");
    const guest = visitor(service.url);
    expect((await guest.get(new URL(url).pathname)).status).toBe(303);
    const admin = await signedIn(service.url, service.adminToken);
    for (const [name, who] of Object.entries({ guest, admin })) {
      const [session = ""] = /phs_[\w-]{43}/.exec(who.cookies()) ?? [];
      expect(session).not.toBe("");
      keep(`what stands for the session of ${name}`, session);
    }
    const look = async (path: string) => {
      const { status, html } = await admin.get(path);
      if (status !== 200) throw new Error(`${path}: ${status}`);
      answers.push({ where: `page ${path}`, bytes: Buffer.from(html) });
      return html;
    };
    const at = `/portal/${workspace.id}`;
    for (const path of [
      "/webhooks",
      "/events",
      "/sources",
      "/tokens",
      "/audit-log",
      "/settings",
      "/settings/portal-links",
    ])
      await look(at + path);
    for (const path of ["/portal/audit-log", "/portal/encryption", "/portal/workspaces"]) await look(path);
    for (const { id } of webhooks) {
      for (const path of ["", "/settings", "/edit", "/rotate"]) await look(`${at}/webhooks/${id}${path}`);
      const list = await look(`${at}/webhooks/${id}/deliveries`);
      const [, delivery] = /href="([^"]*\/deliveries\/[^"?]+)"/.exec(list) ?? [];
      if (delivery !== undefined) await look(delivery);
    }
    for (const { id } of sources) {
      for (const path of ["/edit", "/setup"]) await look(`${at}/sources/${id}${path}`);
      const source = await look(`${at}/sources/${id}`);
      const [, receipt] = /href="([^"]*\/receipts\/[^"?]+)"/.exec(source) ?? [];
      if (receipt !== undefined) await look(receipt);
    }
  }

  async function refused(workspace: Workspace, method: string, path: string, body: unknown): Promise<void> {
    const { status, text } = await workspace.call(method, path, body);
    if (status < 400 || status > 499) throw new Error(`${method} ${path}: ${status} ${text}`);
    answers.push({ where: `${status} ${method} ${path}`, bytes: Buffer.from(text) });
  }

  async function webhooks(workspace: Workspace): Promise<Webhook[]> {
    const made: Webhook[] = [];
    const add = async (path: string, fields: Record<string, unknown>) => {
      const url = openInbox(receiver, made.length % 2 === 0 ? echo : answer(200)).url;
      const webhook = dataOf(await workspace.call<{ data: Webhook }>("POST", path, { url, ...fields }));
      made.push(webhook);
      return webhook;
    };
    const headers = {
      Authorization: `Bearer ${keep("a header's bearer token", fresh())}`,
      "X-Api-Key": keep("a header's API key", fresh()),
      Cookie: `session=${keep("a header's cookie", fresh())}`,
    };
    const password = keep("a header's password", fresh());
    const basic = Buffer.from(`user:${password}`).toString("base64");
    keep("a header's basic credentials", basic);
    const events = ["*"];
    const generated = await add("/webhooks", { events, headers });
    keep("a generated secret", generated.secret);
    await add("/webhooks", {
      events,
      secret: keep("one's own secret", fresh()),
      headers: { "X-Forward": `Basic ${basic}` },
    });
    const standard = await add("/webhooks", {
      events,
      dialect: "standard",
      secret: keep("a standard secret", standardSecret()),
    });
    await add("/webhooks", { events, dialect: "platform", secret: keep("a platform's secret", fresh()), headers });
    keep("a case's secret", (await add("/webhooks", { events: ["cases.*"], dialect: "cases" })).secret);
    await add("/surveys/s1/webhooks", { secret: keep("a survey's secret", fresh()), headers });

    const hidden = openInbox(receiver, obliging);
    const token = keep("a verify token", fresh());
    const community = { url: hidden.url, events: ["ticket_status_change"], dialect: "community", verify_token: token };
    const verified = dataOf(await workspace.call<{ data: Webhook }>("POST", "/webhooks", community));
    made.push(verified);
    // Whoever changes the URL is told what the new one answered: that is what it was sent.
    await refused(workspace, "PATCH", `/webhooks/${verified.id}`, { url: openInbox(receiver, echo).url });

    const rotate = async (id: string, body: object) =>
      dataOf(await workspace.call<{ data: { secret: string } }>("POST", `/webhooks/${id}/rotate-secret`, body)).secret;
    keep("a rotated secret", await rotate(generated.id, {}));
    await rotate(standard.id, { secret: keep("one's own rotated secret", standardSecret()) });
    await workspace.change(generated.id, { headers: { "X-Auth-Token": keep("a changed header", fresh()) } });
    await workspace.change(verified.id, { verify_token: keep("a changed verify token", fresh()) });
    return made;
  }

  /** Receivers that know what they were sent, and what it was signed with, and say so. */
  async function parroting(workspace: Workspace): Promise<void> {
    const echoed = (name: string, secret: string) => {
      // What Standard Webhooks signs with is the text behind the prefix.
      const bare = keep(`an echoed ${name}`, secret.replace(/^whsec_/, ""));
      keep(`the beginning of an echoed ${name}`, bare.slice(0, Math.ceil(bare.length * TELLING)));
      return secret;
    };
    const key = echoed("API key", fresh());
    for (const [dialect, secret] of [
      ["gopimi", echoed("secret", fresh())],
      ["standard", echoed("standard secret", standardSecret())],
    ] as const) {
      const inbox = openInbox(receiver);
      const fields = { url: inbox.url, events: ["contact.created"], dialect, secret, headers: { "X-Api-Key": key } };
      const { id } = await workspace.webhook({ ...fields, retry_policy: [3600] });
      let sent = 0;
      for (const parrot of PARROTS) {
        for (const told of [key, secret]) {
          inbox.answers(parrot(told));
          dataOf(await workspace.call("POST", `/webhooks/${id}/test`, {}));
          sent++;
          await eventually(
            () => workspace.deliveries(id),
            (rows) => rows.length === sent && rows.every(({ attempts }) => attempts === 1),
          );
        }
      }
      const kept = await Promise.all((await workspace.deliveries(id)).map((row) => workspace.delivery(row.id)));
      for (const { id: delivery } of kept) {
        const { text } = await workspace.call("GET", `/deliveries/${delivery}`);
        answers.push({ where: `GET ${delivery}`, bytes: Buffer.from(text) });
      }
      masked += kept.flatMap(({ attempts }) => attempts).filter((each) => JSON.stringify(each).includes("••••")).length;
    }
  }

  /** Fails often enough, meanwhile, that everybody is told: by an event, a notification and an email. */
  async function failing(workspace: Workspace): Promise<void> {
    const headers = { "X-Api-Key": keep("a failing webhook's API key", fresh()) };
    const { url } = openInbox(receiver, echo);
    await workspace.webhook({ url, events: ["message.*"], retry_policy: [1, 1, 1, 1], headers });
    await workspace.publish({ event: "message.created", data: {} });
  }

  async function sources(workspace: Workspace): Promise<void> {
    const [{ credentials }] = [CASES.find(({ provider }) => provider === "slack") ?? { credentials: {} }];
    keep("the providers' secret", String((credentials as { signing_secret?: string }).signing_secret));
    keep("the providers' Standard Webhooks secret", WHSEC);
    for (const { provider, credentials: given, options, callback } of CASES) {
      const source = await createSource(workspace, provider, given, options);
      await deliver(source.callback_url, await callback(source.callback_url));
      expect(await listReceipts(workspace, source)).toHaveLength(1);
    }
    const password = keep("a source's password", fresh());
    const inBasic = Buffer.from(`postmark:${password}`).toString("base64");
    const postmark = await createSource(workspace, "postmark", { username: "postmark", password });
    const authorization = `Basic ${inBasic}`;
    const copies = { "x-original-authorization": authorization, "x-was": `password=${password}` };
    const letter = { method: "POST", headers: { ...JSON_TYPE, ...copies, authorization }, body: "{}" } as const;
    await deliver(postmark.callback_url, letter);
    expect(await listReceipts(workspace, postmark)).toHaveLength(1);
    // What is nearly right is worth as much to whoever reads the log.
    await deliver(postmark.callback_url, {
      ...letter,
      headers: { ...letter.headers, authorization: `Basic ${inBasic}x` },
    });
    const [value, next] = [keep("a source's header", fresh()), keep("a source's next header", fresh())];
    const options = { scheme: "header", header: "X-Callback-Token", event: "it" };
    const generic = await createSource(workspace, "generic", { value }, options);
    dataOf(await workspace.call("PATCH", `/sources/${generic.id}`, { credentials: { value: [next, value] } }));
    for (const token of [value, next]) {
      const given = {
        method: "POST",
        headers: { ...JSON_TYPE, "x-callback-token": token },
        body: `{"n":"${token.slice(0, 4)}"}`,
      } as const;
      await deliver(generic.callback_url, given);
    }
  }

  /** Secrets in requests that are refused: an answer, and the log, say what is wrong with them, not what they are. */
  async function refusals(workspace: Workspace, [webhook]: Webhook[]): Promise<void> {
    const url = `${receiver.url}/refused`;
    const bad = (name: string) => keep(`a refused ${name}`, fresh());
    const events = ["*"];
    await refused(workspace, "POST", "/webhooks", { url, events, dialect: "standard", secret: bad("secret") });
    await refused(workspace, "POST", "/webhooks", { url, events, headers: { "X-Key": `${bad("header")}\n` } });
    await refused(workspace, "POST", "/webhooks", { url, events, headers: { Host: bad("reserved header") } });
    await refused(workspace, "POST", "/webhooks", { url, events, verify_token: [bad("verify token")] });
    await refused(workspace, "PATCH", `/webhooks/${webhook?.id}`, { secret: bad("change") });
    await refused(workspace, "POST", "/webhooks", `{"secret": ${bad("body")}`);
    const source = { provider: "github", name: "R" };
    await refused(workspace, "POST", "/sources", { ...source, credentials: { secrets: bad("credential") } });
    await refused(workspace, "POST", "/sources", { ...source, credentials: { secret: { is: bad("shape") } } });
    const caller = api(service.url, keep("a wrong token", `pht_${randomBytes(32).toString("base64url")}`));
    expect((await caller("GET", `${workspace.path}/webhooks`)).status).toBe(401);
  }

  beforeAll(async () => {
    const vars = {
      ADMIN_TOKEN: keep("the admin token", fresh()),
      ENCRYPTION_KEYS: keep("the encryption key", fresh()),
      ENCRYPTION_KEY: keep("the oldest encryption key", fresh()),
      NOTIFY_FROM: "Posthorn <posthorn@example.com>",
    };
    for (const name of ["ENCRYPTION_KEYS", "ENCRYPTION_KEY"] as const)
      secrets.set(`${name}, derived`, derived(vars[name]));
    receiver = await startReceiver();
    // First under the oldest key alone, so that re-encryption has something to do.
    service = await spawnService({ vars: { ...vars, ENCRYPTION_KEYS: "" }, stateDir });
    const workspace = await newWorkspace(service);
    const token = async (scope: string) => {
      const asked = { name: scope, scopes: [scope] };
      const made = dataOf(await workspace.call<{ data: { token: string } }>("POST", "/tokens", asked));
      return keep(`a token to ${scope}`, made.token);
    };
    const publisher = await token("publish");
    const notify = { notify_url: openInbox(receiver).url, notify_email: "ops@example.com" };
    const { notify_secret } = dataOf(await workspace.call<{ data: { notify_secret: string } }>("PATCH", "", notify));
    keep("the notifications' secret", notify_secret);
    const made = await webhooks(workspace);
    await failing(workspace);
    await parroting(workspace);
    await sources(workspace);
    await refusals(workspace, made);
    // Its files end with the service.
    const emails = await eventually(
      () => emailsTo(service, "ops@example.com"),
      ({ length }) => length > 0,
    );
    const mails = emails.map(({ text }, at) => ({ where: `email ${at}`, bytes: Buffer.from(text) }));

    await service.restart({ ENCRYPTION_KEYS: vars.ENCRYPTION_KEYS });
    const moved = await api(service.url, service.adminToken)<{ data: { moved: number; remaining: number } }>(
      "POST",
      "/api/v1/admin/reencrypt",
    );
    expect(dataOf(moved)).toMatchObject({ remaining: 0 });
    expect(dataOf(moved).moved).toBeGreaterThan(40);
    for (const event of ["ticket.created", "cases.created", "survey.response_completed"]) {
      const body = { event, data: {}, channels: event.startsWith("survey") ? ["s1"] : [] };
      await api(service.url, publisher)("POST", `${workspace.path}/events`, body);
    }
    await workspace.call("POST", `/webhooks/${made[1]?.id}/test`, {});
    for (const { id } of made.slice(0, 2)) {
      await eventually(
        () => workspace.deliveries(id),
        (rows) => rows.some(({ attempts }) => attempts > 0),
      );
    }
    await readAll(workspace, made);
    await service.stop();
    const log = { where: "the log", bytes: Buffer.from(service.output()) };
    left = [...dump(stateDir), log, ...mails, ...answers];
  });

  afterAll(async () => {
    await receiver.close();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("there was something to find, and somewhere to find it", () => {
    expect(secrets.size).toBeGreaterThan(35);
    expect(answers.length).toBeGreaterThan(100);
    expect(masked).toBeGreaterThanOrEqual(2 * 2 * (PARROTS.length - 1));
    const tables = left.map(({ where }) => where.split(": ")[1]);
    expect(tables).toEqual(expect.arrayContaining(["endpoint_secrets", "sources", "events", "log", "receipts"]));
    // What was sent is there: the dump is of the run.
    const shown = (text: string) => left.filter(({ bytes }) => bytes.includes(text)).map(({ where }) => where);
    expect(shown("ticket.created").length).toBeGreaterThan(5);
    expect(shown('\\"x-api-key\\":\\"••••\\"').length).toBeGreaterThan(0);
  });

  it("no secret is in D1, in a Durable Object, in a log or in an answer", () => {
    expect(findings(left, secrets)).toEqual([]);
  });

  it("nothing is under the old key: no place that holds a sealed value was forgotten", () => {
    const id = createHash("sha256")
      .update(derived(String(secrets.get("the oldest encryption key"))))
      .digest("hex")
      .slice(0, 8);
    const rows = left.filter(({ where }) => where.includes(": "));
    expect(rows.filter(({ bytes }) => bytes.includes(`1.${id}.`)).map(({ where }) => where)).toEqual([]);
    const current = createHash("sha256")
      .update(derived(String(secrets.get("the encryption key"))))
      .digest("hex")
      .slice(0, 8);
    const sealed = rows.filter(({ bytes }) => bytes.includes(`1.${current}.`)).map(({ where }) => where.split(": ")[1]);
    expect(sealed).toEqual(expect.arrayContaining(["endpoints", "endpoint_secrets", "sources"]));
  });

  it("a secret that somebody plants in a database is found", () => {
    const secret = String(secrets.get("one's own secret"));
    const planted: string[] = [];
    eachDatabase(stateDir, (database, path) => {
      database.exec("CREATE TABLE planted (body)");
      const text = `{"headers":{"authorization":"Basic ${Buffer.from(`u:${secret}`).toString("base64")}"}}`;
      // Beyond a page: in the file it lies in pieces.
      database.prepare("INSERT INTO planted VALUES (?)").run(`${"-".repeat(4000)}${text}${"-".repeat(4000)}`);
      planted.push(`one's own secret in ${path}: planted`);
    });
    expect(planted.length).toBeGreaterThan(20);
    expect(findings(dump(stateDir), secrets)).toEqual(expect.arrayContaining(planted));
  });
});
