import { Response } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { message, OPTIONS } from "../support/amazon.ts";
import { doorsOf, obliging } from "../support/doors.ts";
import { eventually } from "../support/eventually.ts";
import { type DnsAnswer, type DnsRecord, type IsolatedService, startIsolatedService } from "../support/internet.ts";
import { createSource } from "../support/sources.ts";
import { type Delivery, newWorkspace, type Workspace } from "../support/workspace.ts";

/* Where names lead, which DNS says and may say otherwise a moment later; and redirects, which lead anywhere. */

interface Problem {
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
}

const EVENT = { event: "ticket.created", data: {} };
const A = (data: string, ttl = 60): DnsRecord => ({ type: "A", data, ttl });
const AAAA = (data: string): DnsRecord => ({ type: "AAAA", data });
const PRIVATE = [A("127.0.0.1")];

let service: IsolatedService;
let workspace: Workspace;
let hosts = 0;

beforeAll(async () => {
  service = await startIsolatedService({
    PUBLIC_ORIGIN: "https://hooks.example.org",
    OWN_HOSTS: "posthorn.example.workers.dev, in.example.org",
  });
  workspace = await newWorkspace(service);
});

afterAll(() => service.stop());

/** A name that nobody has looked up yet: what the service remembers of names is no test's but its own. */
function newHost(answer: DnsAnswer = [A("192.0.43.8")]): string {
  const host = `host-${++hosts}.example.com`;
  service.resolves(host, answer);
  return host;
}

const create = (host: string, fields: object = {}) =>
  workspace.call<Problem>("POST", "/webhooks", { url: `https://${host}/`, events: ["ticket.created"], ...fields });

/** An endpoint alone in its workspace. */
async function endpoint(host: string, fields: object = {}) {
  const own = await newWorkspace(service);
  const { id } = await own.webhook({ url: `https://${host}/`, events: [EVENT.event], ...fields });
  return {
    id,
    workspace: own,
    /** Publishes an event, and waits for its first attempt. */
    async deliver(): Promise<Delivery> {
      const { id: event } = await own.publish(EVENT);
      const [row] = await eventually(
        async () => (await own.deliveries(id)).filter(({ event_id }) => event_id === event),
        ([only]) => only?.attempts === 1,
      );
      return own.delivery(row?.id ?? "");
    },
  };
}

const last = ({ attempts }: Delivery) => {
  const attempt = attempts.at(-1);
  return [attempt?.error, attempt?.status, attempt?.response_body];
};

describe("a name", () => {
  it.each([
    ["127.0.0.1", PRIVATE],
    ["the metadata service of clouds", [A("169.254.169.254")]],
    ["a private address beside a public one", [A("192.0.43.8"), A("10.0.0.7")]],
    ["this machine by IPv6 alone", [AAAA("::1")]],
    ["a private address by IPv6, a public one by IPv4", [A("192.0.43.8"), AAAA("fd00::1")]],
    ["an IPv4 address in IPv6's clothes", [AAAA("::ffff:127.0.0.1")]],
    ["a private address by an alias", [{ type: "CNAME", data: "inside.example.net." }, A("192.168.1.1")]],
  ] as [string, DnsRecord[]][])("is refused where it leads to %s, without showing the address", async (_, answer) => {
    const host = newHost(answer);
    const { status, json, text } = await create(host);
    expect([status, json.code, json.errors?.[0]?.path]).toEqual([422, "invalid_request", "url"]);
    expect(json.detail).toMatch(`${host} resolves to an address that is not reachable from the internet`);
    for (const { data } of answer) expect(text).not.toContain(data);
    expect(service.outgoing(host)).toEqual([]);
  });

  it("is refused at every door", async () => {
    const host = newHost(PRIVATE);
    for (const { name, field, knock } of await doorsOf(service)) {
      const { status, json } = await knock(`https://${host}/`);
      expect([name, status, (json as Problem).errors?.[0]?.path]).toEqual([name, 422, field]);
    }
    expect(service.outgoing(host)).toEqual([]);
  });

  it.each([
    ["there is none", "NXDOMAIN", /has no address in DNS; check the spelling/],
    ["it has no address", [], /has no address in DNS/],
    ["its own servers fail", "SERVFAIL", /name servers of .* do not answer properly/],
  ] as [string, DnsAnswer, RegExp][])("is refused where %s, saying so", async (_, answer, why) => {
    const { status, json } = await create(newHost(answer));
    expect([status, json.code]).toEqual([422, "invalid_request"]);
    expect(json.detail).toMatch(why);
  });

  it.each(["hooks.example.org", "IN.example.org", "posthorn.example.workers.dev"])(
    "is refused where it is this deployment's own: %s",
    async (host) => {
      const { status, json } = await create(host);
      expect(status).toBe(422);
      expect(json.detail).toMatch(/is this service itself/);
    },
  );
});

describe("a name that leads elsewhere after it was stored", () => {
  it("is not called, and says why in the attempt", async () => {
    const host = newHost();
    const { id, workspace: own, deliver } = await endpoint(host);
    service.resolves(host, PRIVATE);
    const delivery = await deliver();
    const why = `${host} resolves to an address that is not reachable from the internet (loopback); let it resolve to public ones alone.`;
    expect(last(delivery)).toEqual(["blocked", null, why]);
    expect(service.outgoing(host)).toEqual([]);
    expect((await own.health(id)).streak).toBe(1);
  });

  // For how long exactly, and that it is five seconds at least, is seen in src/targets/ with a clock of its own.
  it("is believed for as long as DNS says", async () => {
    const host = newHost([A("192.0.43.8", 3600)]);
    const { deliver } = await endpoint(host);
    const stored = service.lookups(host);
    await deliver();
    service.resolves(host, PRIVATE);
    for (let times = 0; times < 3; times++) expect(last(await deliver())[0]).toBeNull();
    expect([service.lookups(host) - stored, service.outgoing(host).length]).toEqual([1, 4]);
  });

  it("is not called when that is over", async () => {
    const host = newHost([A("192.0.43.8", 6)]);
    const { deliver } = await endpoint(host);
    await deliver();
    service.resolves(host, PRIVATE);
    const [error] = await eventually(
      async () => last(await deliver()),
      ([seen]) => seen !== null,
      { everyMs: 200 },
    );
    expect(error).toBe("blocked");
    const called = service.outgoing(host).length;
    expect(last(await deliver())[0]).toBe("blocked");
    expect(service.outgoing(host)).toHaveLength(called);
  });

  it("is not verified anew", async () => {
    const host = newHost();
    service.serves(host, obliging);
    const fields = { dialect: "community", verify_token: "t", events: ["ticket_status_change"] };
    const { id, workspace: own } = await endpoint(host, fields);
    service.resolves(host, PRIVATE);
    const { status } = await own.call("PATCH", `/webhooks/${id}`, { verify_token: "u" });
    expect(status).toBe(422);
    expect(service.outgoing(host)).toHaveLength(1);
  });
});

describe("while the resolver is away", () => {
  it("nothing is stored, and the answer says to try again", async () => {
    const host = newHost("away");
    const { status, json, headers } = await create(host);
    expect([status, json.code, headers.get("retry-after")]).toEqual([503, "unavailable", "5"]);
    expect(json.detail).toBe(`url: ${host} could not be looked up in DNS just now; try again in a moment.`);
    service.resolves(host, [A("192.0.43.8")]);
    expect((await create(host)).status).toBe(201);
  });

  it("what it said last goes on to hold", async () => {
    const host = newHost([A("192.0.43.8", 1)]);
    const { deliver } = await endpoint(host);
    await deliver();
    service.resolves(host, "away");
    const asked = service.lookups(host);
    // Until it has been asked in vain.
    await eventually(
      async () => [last(await deliver())[0], service.lookups(host) > asked],
      ([error, anew]) => error !== null || anew === true,
      { everyMs: 200 },
    );
    expect(service.lookups(host)).toBeGreaterThan(asked);
    expect(last(await deliver())[0]).toBeNull();
  });

  it("a name that it never spoke of is tried again later, and the endpoint not blamed", async () => {
    const host = newHost();
    const { id, workspace: own, deliver } = await endpoint(host, { retry_policy: [6, 60] });
    service.resolves(host, "away");
    const delivery = await deliver();
    expect(last(delivery)).toEqual(["dns", null, expect.stringContaining("could not be looked up in DNS just now")]);
    expect(delivery.status).toBe("pending");
    expect((await own.health(id)).streak).toBe(0);
    service.resolves(host, [A("192.0.43.8")]);
    const again = await eventually(
      () => own.delivery(delivery.id),
      ({ status }) => status !== "pending",
    );
    expect([again.status, again.attempts.length]).toEqual(["delivered", 2]);
  });
});

const INSIDE = [
  "http://127.0.0.1:8787/",
  "https://169.254.169.254/latest/meta-data/",
  "https://[::1]/",
  "//localhost/",
];
const REDIRECTS = [301, 302, 303, 307, 308].flatMap((status) => INSIDE.map((location) => [status, location] as const));

/** What left for other hosts than this one, from then on. */
function elsewhere(host: string): () => string[] {
  const before = service.outgoing().length;
  const leads = (url: string) => new URL(url).hostname !== host;
  return () =>
    service
      .outgoing()
      .slice(before)
      .flatMap(({ url }) => (leads(url) ? [url] : []));
}

describe("a redirect", () => {
  it("of a delivery is a failure that is not followed, wherever it leads", async () => {
    const other = await newWorkspace(service);
    const host = newHost();
    service.serves(host, ({ url }) => {
      const [status, location] = REDIRECTS[Number(new URL(url).pathname.slice(1))] ?? [];
      return new Response(null, { status: status ?? 500, headers: { location: location ?? "" } });
    });
    const webhooks = await Promise.all(
      REDIRECTS.map((_, n) => other.webhook({ url: `https://${host}/${n}`, events: [EVENT.event] })),
    );
    const left = elsewhere(host);
    await other.publish(EVENT);
    const deliveries = await Promise.all(webhooks.map(({ id }) => other.attempted(id)));
    expect(deliveries.map((delivery) => last(delivery).slice(0, 2))).toEqual(
      REDIRECTS.map(([status]) => ["redirect", status]),
    );
    expect(left()).toEqual([]);
  });

  it("of a verification is a refusal, and not followed", async () => {
    const host = newHost();
    service.serves(host, () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1/" } }));
    const left = elsewhere(host);
    const { status, json } = await create(host, { dialect: "community", verify_token: "t", events: ["*"] });
    expect([status, json.code]).toEqual([422, "handshake_failed"]);
    expect(left()).toEqual([]);
  });
});

describe("what Amazon SNS asks to fetch and to visit", () => {
  const host = "sns.us-west-2.amazonaws.com";

  async function arrives(): Promise<number> {
    const source = await createSource(await newWorkspace(service), "aws-ses-sns", {}, OPTIONS);
    const { body, headers } = message("SubscriptionConfirmation");
    return (
      await fetch(source.callback_url.replace("https://hooks.example.org", service.url), {
        method: "POST",
        body,
        headers,
      })
    ).status;
  }

  it("is not fetched where the name leads inside; Amazon is to come again", async () => {
    service.resolves(host, PRIVATE);
    expect(await arrives()).toBe(503);
    expect(service.outgoing(host)).toEqual([]);
  });

  it("is not followed when the certificate is a redirect", async () => {
    service.resolves(host, [A("54.239.28.85")]);
    service.serves(host, () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1/cert.pem" } }));
    const left = elsewhere(host);
    expect(await arrives()).toBe(503);
    expect(service.outgoing(host)).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  it("is not followed when the confirmation is a redirect, nor visited once the name leads inside", async () => {
    const { certificate } = message("SubscriptionConfirmation");
    service.serves(host, ({ url }) =>
      url.endsWith(".pem")
        ? new Response(certificate)
        : new Response(null, { status: 302, headers: { location: "http://169.254.169.254/" } }),
    );
    const left = elsewhere(host);
    expect(await arrives()).toBe(503);
    const visits = () => service.outgoing(host).filter(({ url }) => !url.endsWith(".pem"));
    expect(visits()).toHaveLength(1);
    expect(left()).toEqual([]);
    // The certificate is known by now: the confirmation alone is judged.
    service.resolves(host, PRIVATE);
    expect(await arrives()).toBe(503);
    expect(visits()).toHaveLength(1);
  });

  it("is visited where all is well", async () => {
    service.resolves(host, [A("54.239.28.85")]);
    service.serves(host, () => new Response("<Confirmed/>"));
    expect(await arrives()).toBe(200);
  });
});
