import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { answer, type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { hexSignature, LIBRARIES, librariesAccepting } from "../support/signatures.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** Systems whose header has room for several signatures. */
const SEVERAL = ["cases", "standard"] as const;

/** Those whose header holds one, and how it is written there. */
const SINGLE = [
  ["gopimi", "x-gopimi-signature", ""],
  ["platform", "x-webhook-signature", "sha256="],
  ["community", "x-webhook-signature", "sha256="],
] as const;

const OWN_SECRET = "a secret of the user's own";
/** Long enough that no test sees its end. */
const LONG_OVERLAP = 3600;

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

interface Rotated {
  secret: string;
  previous_valid_until: string | null;
  ended_early: number;
}

/** A webhook of a workspace of its own. */
interface Scene {
  /** The one that it was created with. */
  secret: string;
  /** Publishes an event and gives its request. */
  deliver(): Promise<Received>;
  rotate(body?: object): Promise<Rotated>;
}

let scenes = 0;

async function newScene(dialect: string, fields: Record<string, unknown> = { secret: OWN_SECRET }): Promise<Scene> {
  const workspace: Workspace = await newWorkspace(service);
  const path = `/${dialect}/${++scenes}`;
  receiver.on(path, (request, response) => answer(200, request.query.get("challenge") ?? "")(request, response));
  // The other systems generate theirs.
  const own = dialect === "platform" || dialect === "community" ? fields : {};
  const token = dialect === "community" ? { verify_token: "someverificationtoken" } : {};
  const { id, secret } = await workspace.webhook({ url: receiver.url + path, dialect, ...own, ...token });
  const posts = () => receiver.requests.filter((request) => request.method === "POST" && request.path === path);
  return {
    secret,
    async deliver() {
      const before = posts().length;
      await workspace.publish({ event: "ticket.created", data: { n: before } });
      await receiver.waitFor(() => posts().length > before);
      const request = posts()[before];
      if (!request) throw new Error("Nothing arrived");
      return request;
    },
    rotate: async (body) =>
      dataOf(await workspace.call<{ data: Rotated }>("POST", `/webhooks/${id}/rotate-secret`, body)),
  };
}

const signatures = ({ headers }: Received): string[] => String(headers["webhook-signature"]).split(" ");

describe.each(SEVERAL)("%s", (dialect) => {
  it("is signed with its only secret before any rotation", async () => {
    const { secret, deliver } = await newScene(dialect);
    const request = await deliver();
    expect(signatures(request)).toHaveLength(1);
    expect(librariesAccepting(secret, request)).toEqual(LIBRARIES);
  });

  it.each([{ overlap_seconds: LONG_OVERLAP }, {}])(
    "carries two signatures in the overlap, and either secret verifies it: rotated with %j",
    async (rotation) => {
      const { secret: first, deliver, rotate } = await newScene(dialect);
      await deliver();
      const { secret: second } = await rotate(rotation);
      expect(second).toMatch(/^whsec_/);
      expect(second).not.toBe(first);
      const request = await deliver();
      expect(signatures(request)).toHaveLength(2);
      for (const signature of signatures(request)) expect(signature).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
      for (const secret of [first, second]) expect(librariesAccepting(secret, request)).toEqual(LIBRARIES);
      const { secret: stranger } = await newScene(dialect);
      expect(librariesAccepting(stranger, request)).toEqual([]);
    },
  );

  it("carries the new one alone when the overlap has ended, and not before", async () => {
    const { secret: first, deliver, rotate } = await newScene(dialect);
    await deliver();
    const { secret: second, previous_valid_until } = await rotate({ overlap_seconds: 2 });
    const last = await eventually(deliver, (request) => signatures(request).length === 1);
    expect(librariesAccepting(second, last)).toEqual(LIBRARIES);
    expect(librariesAccepting(first, last)).toEqual([]);
    // Two clocks of one machine may differ by a little.
    expect(last.at).toBeGreaterThan(Date.parse(previous_valid_until ?? "") - 100);
  });

  it("carries the new one alone at once without an overlap, whatever was overlapping", async () => {
    const { secret: first, deliver, rotate } = await newScene(dialect);
    await deliver();
    const { secret: second } = await rotate({ overlap_seconds: LONG_OVERLAP });
    const { secret: third } = await rotate({ overlap_seconds: 0 });
    const request = await deliver();
    expect(signatures(request)).toHaveLength(1);
    expect(librariesAccepting(third, request)).toEqual(LIBRARIES);
    for (const secret of [first, second]) expect(librariesAccepting(secret, request)).toEqual([]);
  });
});

describe.each(SEVERAL)("%s, rotated again and again", (dialect) => {
  it("carries five signatures at most: the oldest end early, and the answer says so", async () => {
    const { secret: first, deliver, rotate } = await newScene(dialect);
    const secrets = [first];
    const ended: number[] = [];
    for (let n = 0; n < 7; n++) {
      const { secret, ended_early } = await rotate({ overlap_seconds: LONG_OVERLAP });
      secrets.push(secret);
      ended.push(ended_early);
    }
    expect(ended).toEqual([0, 0, 0, 0, 1, 1, 1]);
    const request = await deliver();
    expect(signatures(request)).toHaveLength(5);
    const accepted = secrets.map((secret) => librariesAccepting(secret, request).length > 0);
    expect(accepted).toEqual([false, false, false, true, true, true, true, true]);
  });
});

describe.each(SINGLE)("%s", (dialect, header, prefix) => {
  const signedWith = (secret: string, { headers, body }: Received): boolean =>
    headers[header] === prefix + hexSignature(secret, body);

  it.each([
    ["in the overlap", { overlap_seconds: LONG_OVERLAP }],
    ["in the overlap that is the default", {}],
    ["without an overlap", { overlap_seconds: 0 }],
  ])("is signed with the new secret alone, as its header holds one: %s", async (_, rotation) => {
    const { secret: first, deliver, rotate } = await newScene(dialect);
    expect(signedWith(first, await deliver())).toBe(true);
    const { secret: second, previous_valid_until } = await rotate(rotation);
    // The one before signs nothing from now on, whatever overlap was asked for.
    expect(previous_valid_until).toBeNull();
    expect(second).toMatch(/^\S{16,500}$/);
    expect(second).not.toBe(first);
    expect(signedWith(second, await deliver())).toBe(true);
  });

  it("is signed with the new secret still when the overlap has ended", async () => {
    const { deliver, rotate } = await newScene(dialect);
    await deliver();
    const { secret: second } = await rotate({ overlap_seconds: 1 });
    const end = Date.now() + 1000;
    const last = await eventually(deliver, ({ at }) => at > end);
    expect(signedWith(second, last)).toBe(true);
  });
});

it.each(["platform", "community"])("%s without a secret is signed from its first rotation on", async (dialect) => {
  const { deliver, rotate } = await newScene(dialect, {});
  expect((await deliver()).headers).not.toHaveProperty("x-webhook-signature");
  const { secret, previous_valid_until } = await rotate();
  expect(previous_valid_until).toBeNull();
  const { headers, body } = await deliver();
  expect(headers["x-webhook-signature"]).toBe(`sha256=${hexSignature(secret, body)}`);
});
