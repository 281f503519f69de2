import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { type Inbox, openInbox } from "../support/inbox.ts";
import type { Receiver } from "../support/receiver.ts";
import { startReceiver } from "../support/receiver.ts";
import { databaseWith } from "../support/secrecy.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { hexSignature } from "../support/signatures.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

interface Progress {
  keys: { id: string | null; role: string; values: number }[];
  total: number;
  done: number;
  remaining: number;
}
type Step = Progress & { moved: number; unopened: { kind: string; id: string }[] };

const [OLD, NEW] = ["the-old-encryption-key-of-a-test", "the-new-encryption-key-of-a-test"];
const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest();
const idOf = (key: string) => sha256(sha256(key)).toString("hex").slice(0, 8);
const WEBHOOKS = 24;
/** How many events each webhook got, at least, while values were moved. */
const LEAST = 3;

/** A webhook, and what its requests must show: of each, every value that it may have had since the last that is sure. */
interface Known {
  id: string;
  inbox: Inbox;
  secrets: string[];
  tokens: string[];
}

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
const webhooks: Known[] = [];

const reencrypt = async () =>
  dataOf(await api(service.url, service.adminToken)<{ data: Step }>("POST", "/api/v1/admin/reencrypt"));
const progress = async () =>
  dataOf(await api(service.url, service.adminToken)<{ data: Progress }>("GET", "/api/v1/admin/reencrypt"));

const tokenOf = (round: number) => `token-number-${round}`;

beforeAll(async () => {
  receiver = await startReceiver();
  service = await spawnService({ vars: { ENCRYPTION_KEY: OLD } });
  workspace = await newWorkspace(service);
  for (let made = 0; made < WEBHOOKS; made++) {
    const inbox = openInbox(receiver);
    const fields = { url: inbox.url, headers: { "X-Token": tokenOf(0) }, events: ["ticket.created"] };
    const { id, secret } = await workspace.webhook(fields);
    webhooks.push({ id, inbox, secrets: [secret], tokens: [tokenOf(0)] });
  }
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

it("tells how many values are under which key, and leaves them where they are until it is told to move them", async () => {
  expect(await progress()).toEqual({
    keys: [{ id: idOf(OLD), role: "first", values: 2 * WEBHOOKS }],
    total: 2 * WEBHOOKS,
    done: 2 * WEBHOOKS,
    remaining: 0,
  });
  await service.restart({ ENCRYPTION_KEYS: NEW });
  expect(await progress()).toEqual({
    keys: [
      { id: idOf(NEW), role: "first", values: 0 },
      { id: idOf(OLD), role: "older", values: 2 * WEBHOOKS },
    ],
    total: 2 * WEBHOOKS,
    done: 0,
    remaining: 2 * WEBHOOKS,
  });
});

it("in the middle of traffic and changes loses none, and then the old key can go", async () => {
  let going = true;
  const published: string[] = [];
  const publish = async () => {
    while (going) {
      published.push((await workspace.publish({ event: "ticket.created", data: {} })).id);
      // When all have it, the next: the more slowly the machine works, the fewer there are.
      await eventually(
        () => webhooks.filter(({ inbox }) => inbox.requests().length < published.length).length,
        (late) => late === 0 || !going,
      );
    }
  };
  const change = async (own: Known[]) => {
    for (let round = 1; going; round++) {
      for (const known of own) {
        const token = tokenOf(round);
        known.tokens.push(token);
        await workspace.change(known.id, { headers: { "X-Token": token } });
        const rotated = await workspace.call<{ data: { secret: string } }>(
          "POST",
          `/webhooks/${known.id}/rotate-secret`,
        );
        known.secrets.push(dataOf(rotated).secret);
      }
    }
  };
  const steps: Step[] = [];
  const move = async () => {
    // Several at once do each other no harm, and go on as long as there is something to do.
    const enough = () =>
      (steps.at(-1)?.remaining ?? 1) === 0 && webhooks.every(({ inbox }) => inbox.requests().length > LEAST);
    while (!enough()) {
      steps.push(...(await Promise.all([reencrypt(), reencrypt()])));
    }
    going = false;
  };
  await Promise.all([publish(), change(webhooks.slice(0, 8)), change(webhooks.slice(8, 16)), move()]);
  // What a change seals anew is not there to be moved: sure are the two values of each webhook that nobody changed.
  expect(steps.reduce((sum, { moved }) => sum + moved, 0)).toBeGreaterThanOrEqual(2 * (WEBHOOKS - 16));
  expect(steps.flatMap(({ unopened }) => unopened)).toEqual([]);
  expect(await progress()).toMatchObject({ remaining: 0, keys: [{ role: "first" }, { id: idOf(OLD), values: 0 }] });

  await service.restart({ ENCRYPTION_KEYS: NEW, ENCRYPTION_KEY: "" });
  expect((await progress()).keys).toHaveLength(1);
  const { id: last } = await workspace.publish({ event: "ticket.created", data: { last: true } });
  expect(published.length).toBeGreaterThan(LEAST);
  for (const { inbox, secrets, tokens } of webhooks) {
    const mine = await eventually(
      () => inbox.requests(),
      (requests) => new Set(requests.map(({ delivery }) => delivery)).size > published.length,
    );
    // Each was signed with a secret that it had, and none other.
    const wrong = mine.filter(({ body, headers }) => {
      const fits = secrets.some((secret) => headers["x-gopimi-signature"] === hexSignature(secret, body));
      return !fits || !tokens.includes(String(headers["x-token"]));
    });
    expect(wrong).toEqual([]);
    // What was set last is what is there now: nothing was set back by the move.
    const newest = mine.filter(({ body }) => body.includes('"last"')).at(-1);
    expect(newest?.headers["x-token"]).toBe(tokens.at(-1));
    expect(newest?.headers["x-gopimi-signature"]).toBe(hexSignature(secrets.at(-1) ?? "", newest?.body ?? ""));
  }
  expect(last).toMatch(/^evt_/);
});

it("a ciphertext that was moved to another row does not open: the API and the log say whose, not what", async () => {
  const [victim, thief, other] = webhooks as [Known, Known, Known];
  await service.stop();
  const database = new DatabaseSync(databaseWith(service.stateDir, "endpoint_secrets"));
  const copy = (column: string, table: string, key: string) =>
    database.prepare(
      `UPDATE ${table} SET ${column} = (SELECT ${column} FROM ${table} WHERE ${key} = (SELECT number FROM endpoints WHERE id = ?) ORDER BY rowid DESC LIMIT 1) WHERE ${key} = (SELECT number FROM endpoints WHERE id = ?)`,
    );
  copy("sealed", "endpoint_secrets", "endpoint").run(victim.id, thief.id);
  copy("headers", "endpoints", "number").run(victim.id, other.id);
  const stolen = database
    .prepare("SELECT sealed FROM endpoint_secrets")
    .all()
    .map(({ sealed }) => String(sealed));
  database.close();
  await service.restart();

  const get = await workspace.call<{ code: string }>("GET", `/webhooks/${other.id}`);
  expect([get.status, get.json.code]).toEqual([500, "credential_unreadable"]);
  await workspace.publish({ event: "ticket.created", data: { moved: true } });
  const arrived = await eventually(
    () => victim.inbox.requests().filter(({ body }) => body.includes('"moved"')),
    ({ length }) => length > 0,
  );
  const secret = victim.secrets.at(-1) ?? "";
  expect(arrived[0]?.headers["x-gopimi-signature"]).toBe(hexSignature(secret, arrived[0]?.body ?? ""));
  const log = await eventually(
    () => service.output(),
    (output) =>
      [`endpoint_secret:${thief.id}`, `endpoint_headers:${other.id}`].every((whose) =>
        output.includes(`${whose} cannot be opened`),
      ),
  );
  expect(log).toContain(`The sealed value of endpoint_secret:${thief.id} cannot be opened (authentication)`);
  expect(log).toContain(`The sealed value of endpoint_headers:${other.id} cannot be opened (authentication)`);
  for (const said of [log, get.text]) {
    expect([secret, ...stolen].filter((each) => said.includes(each))).toEqual([]);
  }
  // Nothing was sent in its name: neither without a signature nor with another's.
  expect(thief.inbox.requests().filter(({ body }) => body.includes('"moved"'))).toEqual([]);
  expect(other.inbox.requests().filter(({ body }) => body.includes('"moved"'))).toEqual([]);
});
