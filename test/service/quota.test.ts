import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { failProbes, makeFailing } from "../support/failing.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Published, type Webhook, type Workspace } from "../support/workspace.ts";

const PLANS = {
  free: { webhooks: 5, sources: 2, events: 1000 },
  pair: { webhooks: 2, sources: 0, events: 3 },
  ten: { webhooks: 1, sources: 0, events: 10 },
  nothing: { webhooks: 0, sources: 0, events: 0 },
  wide: { webhooks: 12, sources: null, events: null },
};
const URL_ = "https://your-app.com/webhooks";
const EVENT = { event: "ticket.created", data: {} };

type Problem = { code: string; status: number; title: string; detail: string; errors?: { path: string }[] };
type Usage = {
  plan: string | null;
  webhooks: { used: number; limit: number };
  sources: { used: number; limit: number };
  events: { used: number; limit: number | null; period_start: string; period_end: string };
};

let service: SpawnedService;

beforeAll(async () => {
  service = await spawnService({ vars: { PLANS: JSON.stringify(PLANS) } });
});

afterAll(() => service.stop());

const admin = <T>(method: string, path: string, body?: unknown) =>
  api(service.url, service.adminToken)<T>(method, `/api/v1${path}`, body);
const changePlan = async (workspace: Workspace, plan: string | null) =>
  dataOf(await admin<{ data: { plan: string | null } }>("PATCH", `/workspaces/${workspace.id}`, { plan })).plan;

async function onPlan(plan: string | null): Promise<Workspace> {
  const workspace = await newWorkspace(service);
  expect(await changePlan(workspace, plan)).toBe(plan);
  return workspace;
}

const create = <T = { data: Webhook }>(workspace: Workspace, fields: object = {}) =>
  workspace.call<T>("POST", "/webhooks", { url: URL_, events: ["*"], ...fields });
const fill = async (workspace: Workspace, count: number) => {
  for (let number = 0; number < count; number++) expect((await create(workspace)).status).toBe(201);
};
const webhooksOf = async (workspace: Workspace) =>
  dataOf(await workspace.call<{ data: Webhook[] }>("GET", "/webhooks?limit=100")).map(({ id }) => id);
const publish = <T = { data: Published }>(workspace: Workspace, body: unknown = EVENT) =>
  workspace.call<T>("POST", "/events", body);
const batch = (count: number) => ({ events: Array.from({ length: count }, () => EVENT) });
const storedIn = async (workspace: Workspace) =>
  dataOf(await workspace.call<{ data: { id: string }[] }>("GET", "/events?limit=100")).map(({ id }) => id);
const usage = async (workspace: Workspace) => dataOf(await workspace.call<{ data: Usage }>("GET", "/usage"));

/** The log may come a moment after the answer. */
const logged = ({ output }: SpawnedService, text: string) => eventually(output, (log) => log.includes(text));

/** What an answer is, and that one over a limit says so as documented. */
function told({ status, json, headers }: Answer<unknown>): number | string {
  if (status !== 403) return status;
  const problem = json as Problem;
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(problem).toMatchObject({ status: 403, code: "quota_exceeded", title: "A limit of the workspace is reached" });
  return problem.detail;
}

/** The month that this machine's clock is in, in UTC. */
function thisMonth(): { start: string; end: string } {
  const [year = "", month = ""] = new Date().toISOString().split("-");
  const next = month === "12" ? `${Number(year) + 1}-01` : `${year}-${String(Number(month) + 1).padStart(2, "0")}`;
  return { start: `${year}-${month}-01T00:00:00`, end: `${next}-01T00:00:00` };
}

describe("the limit of webhooks", () => {
  const FULL =
    "The plan free allows 5 webhooks, and this workspace has 5: delete one, or move the workspace to a larger plan.";

  it("is told by each of the management APIs, which share it", async () => {
    const workspace = await onPlan("free");
    const issued = await workspace.call<{ data: { token: string } }>("POST", "/tokens", {
      name: "t",
      scopes: ["manage"],
    });
    const cases = api(service.url, dataOf(issued).token);
    const ways = [
      () => create(workspace),
      () => create(workspace, { secret: "sixteen characters" }),
      () => workspace.call("POST", "/surveys/survey-7/webhooks", { url: URL_ }),
      () => cases("POST", "/v2.3/webhooks/endpoints", { url: URL_, events: ["cases.*"] }),
    ];
    await fill(workspace, 1);
    for (const way of ways) expect(told(await way())).toBe(201);
    for (const way of ways) expect(told(await way())).toBe(FULL);
    expect((await webhooksOf(workspace)).length).toBe(5);
  });

  it("is the workspace's own, and none without a plan", async () => {
    const [workspace, other, free] = [await onPlan("pair"), await onPlan("pair"), await onPlan(null)];
    await fill(workspace, 2);
    expect(told(await create(workspace))).toContain("allows 2 webhooks, and this workspace has 2");
    await fill(other, 1);
    await fill(free, 6);
  });

  it("leaves a survey its own limit, and tells of the one that was reached", async () => {
    const workspace = await onPlan("wide");
    const inSurvey = () => workspace.call<Problem>("POST", "/surveys/survey-7/webhooks", { url: URL_ });
    for (let number = 0; number < 10; number++) expect((await inSurvey()).status).toBe(201);
    const { status, json } = await inSurvey();
    expect([status, json.code]).toEqual([409, "conflict"]);
    await fill(workspace, 2);
    const beyond = await workspace.call("POST", "/surveys/survey-8/webhooks", { url: URL_ });
    expect(told(beyond)).toContain("allows 12 webhooks, and this workspace has 12");
  });

  it("gives room with each deletion, and with a larger plan at once", async () => {
    const workspace = await onPlan("pair");
    await fill(workspace, 2);
    const [first] = await webhooksOf(workspace);
    expect(told(await create(workspace))).toContain("delete one, or");
    expect((await workspace.call("DELETE", `/webhooks/${first}`)).status).toBe(204);
    await fill(workspace, 1);
    await changePlan(workspace, "free");
    await fill(workspace, 3);
    expect(told(await create(workspace))).toBe(FULL);
  });

  it("takes nothing away with a smaller plan, and says how many are too many", async () => {
    const workspace = await onPlan("free");
    await fill(workspace, 4);
    const before = await webhooksOf(workspace);
    await changePlan(workspace, "pair");
    expect(told(await create(workspace))).toBe(
      "The plan pair allows 2 webhooks, and this workspace has 4: delete 3, or move the workspace to a larger plan.",
    );
    expect(await webhooksOf(workspace)).toEqual(before);
    expect((await workspace.change(before[0] ?? "", { status: "paused" })).status).toBe("paused");
    await changePlan(workspace, "nothing");
    expect(told(await create(await onPlan("nothing")))).toBe(
      "The plan nothing allows 0 webhooks, and this workspace has 0: move the workspace to a larger plan.",
    );
  });

  it("lets one of two pass that come at once when there is room for one, a hundred times", async () => {
    const workspace = await onPlan("pair");
    await fill(workspace, 1);
    const [kept] = await webhooksOf(workspace);
    for (let round = 0; round < 100; round++) {
      const answers = await Promise.all([create(workspace), create(workspace)]);
      const statuses = answers.map(({ status }) => status).sort();
      expect([round, ...statuses]).toEqual([round, 201, 403]);
      for (const answer of answers) told(answer);
      const winner = answers.find(({ status }) => status === 201)?.json.data.id;
      expect(await webhooksOf(workspace)).toEqual([winner, kept]);
      expect((await workspace.call("DELETE", `/webhooks/${winner}`)).status).toBe(204);
    }
  });

  it.each([
    ["with", { dialect: "gopimi" }],
    ["without", { dialect: "platform" }],
  ])("lets five of twenty pass that come at once to an empty workspace, %s a secret", async (_, fields) => {
    const workspace = await onPlan("free");
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(workspace, fields)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(5).fill(201), ...Array(15).fill(403)]);
    const made = answers.flatMap(({ status, json }) => (status === 201 ? [json.data.id] : []));
    expect((await webhooksOf(workspace)).sort()).toEqual(made.sort());
  });
});

describe("the limit of events", () => {
  it("refuses what does not fit, whole requests only, and says what there is", async () => {
    const workspace = await onPlan("pair");
    const first = dataOf<Published[]>(await publish(workspace, batch(2)));
    const before = thisMonth();
    const refusal = told(await publish(workspace, batch(2)));
    // The month may have changed while this ran.
    const sentences = [before, thisMonth()].map(
      ({ start, end }) =>
        `The plan pair allows 3 events a month, and 2 were published since ${start}Z: this request has 2 more. ` +
        `The period ends ${end}Z; a larger plan takes more.`,
    );
    expect(sentences).toContain(refusal);
    const last = dataOf<Published>(await publish(workspace));
    expect(told(await publish(workspace))).toContain("and 3 were published");
    // Of what was refused nothing is there.
    const ids = first.map(({ id }) => id);
    expect(await storedIn(workspace)).toEqual([last.id, ...ids.toReversed()]);
    expect((await usage(workspace)).events.used).toBe(3);
  });

  it("reaches no webhook with what was refused", async () => {
    const workspace = await onPlan("pair");
    const { id } = await workspace.webhook({ url: URL_, status: "paused" });
    await workspace.publish({ event: "a.b", data: {} });
    expect(told(await publish(workspace, batch(3)))).toContain("and 1 were published");
    await workspace.publish({ event: "c.d", data: {} });
    await workspace.publish({ event: "e.f", data: {} });
    const seen = async () => (await workspace.deliveries(id)).map(({ event }) => event);
    // They come in order: once the last is there, whatever was before it is.
    expect(await eventually(seen, ([newest]) => newest === "e.f")).toEqual(["e.f", "c.d", "a.b"]);
  });

  it("counts no repetition, and answers it beyond the limit", async () => {
    const workspace = await onPlan("pair");
    const keyed = (key: string) => ({ ...EVENT, idempotency_key: key });
    const first = dataOf<Published>(await publish(workspace, keyed("k")));
    for (let time = 0; time < 4; time++) {
      expect(dataOf<Published>(await publish(workspace, keyed("k")))).toEqual({ ...first, duplicate: true });
    }
    expect((await usage(workspace)).events.used).toBe(1);
    expect((await publish(workspace, { events: [keyed("k"), keyed("l"), keyed("m")] })).status).toBe(202);
    expect(told(await publish(workspace, { events: [keyed("m"), keyed("n")] }))).toContain("has 1 more");
    expect(dataOf<Published>(await publish(workspace, keyed("k")))).toEqual({ ...first, duplicate: true });
    const other = await publish<Problem>(workspace, { ...keyed("k"), data: { other: true } });
    expect([other.status, other.json.code]).toEqual([409, "idempotency_conflict"]);
    // The key that was refused is as free as before.
    await changePlan(workspace, "free");
    expect(dataOf<Published>(await publish(workspace, { ...keyed("n"), data: 1 })).duplicate).toBe(false);
  });

  it("is lifted by a larger plan at once, and the count goes on", async () => {
    const workspace = await onPlan("nothing");
    expect(told(await publish(workspace))).toContain("allows 0 events a month, and 0 were published");
    await changePlan(workspace, "pair");
    expect((await publish(workspace, batch(3))).status).toBe(202);
    expect(told(await publish(workspace))).toContain("allows 3 events a month, and 3 were published");
    await changePlan(workspace, "wide");
    expect((await publish(workspace, batch(100))).status).toBe(202);
    expect((await usage(workspace)).events).toMatchObject({ used: 103, limit: null });
    await changePlan(workspace, "pair");
    expect(told(await publish(workspace))).toContain("allows 3 events a month, and 103 were published");
  });

  it.each([
    // Requests of so many events each; how many of them fit into a thousand, and what that leaves.
    [99, 10, 10],
    [7, 142, 6],
    [13, 76, 12],
  ])("is never passed, and reached, by many that come at once with %i events each", async (size, fit, left) => {
    const workspace = await onPlan("free");
    const answers = await Promise.all(Array.from({ length: fit + 20 }, () => publish(workspace, batch(size))));
    for (const answer of answers) {
      if (answer.status !== 202) expect(told(answer)).toMatch(/allows 1000 events a month/);
    }
    expect(answers.filter(({ status }) => status === 202).length).toBe(fit);
    expect((await usage(workspace)).events.used).toBe(1000 - left);
    const rest = await Promise.all(Array.from({ length: left + 20 }, () => publish(workspace)));
    expect(rest.filter(({ status }) => status === 202).length).toBe(left);
    expect((await usage(workspace)).events.used).toBe(1000);
  });

  it("is counted on after the service was killed", async () => {
    const own = await spawnService({ vars: { PLANS: JSON.stringify(PLANS) } });
    try {
      const workspace = await newWorkspace(own);
      await api(own.url, own.adminToken)("PATCH", workspace.path, { plan: "pair" });
      expect((await publish(workspace, batch(2))).status).toBe(202);
      await own.kill();
      await own.restart();
      expect((await usage(workspace)).events.used).toBe(2);
      expect(told(await publish(workspace, batch(2)))).toContain("and 2 were published");
      expect((await publish(workspace)).status).toBe(202);
    } finally {
      await own.stop();
    }
  });
});

describe("usage", () => {
  it("tells what is used of what the plan allows", async () => {
    const workspace = await onPlan("free");
    const before = thisMonth();
    await fill(workspace, 2);
    await workspace.call("POST", "/surveys/survey-7/webhooks", { url: URL_ });
    await publish(workspace, batch(40));
    await publish(workspace);
    const { events, ...rest } = await usage(workspace);
    expect(rest).toEqual({ plan: "free", webhooks: { used: 3, limit: 5 }, sources: { used: 0, limit: 2 } });
    const months = [before, thisMonth()].map(({ start, end }) => [`${start}.000Z`, `${end}.000Z`]);
    expect(months).toContainEqual([events.period_start, events.period_end]);
    expect(events).toMatchObject({ used: 41, limit: 1000 });
  });

  it("names the deployment's limits where the plan has none, and none of events", async () => {
    const workspace = await onPlan("wide");
    expect(await usage(workspace)).toMatchObject({ sources: { limit: 200 }, events: { used: 0, limit: null } });
    await changePlan(workspace, null);
    await publish(workspace);
    expect(await usage(workspace)).toMatchObject({
      plan: null,
      webhooks: { used: 0, limit: 1000 },
      sources: { used: 0, limit: 200 },
      events: { used: 1, limit: null },
    });
  });

  it("leaves out the service's own events, which no limit keeps back", async () => {
    const workspace = await onPlan("ten");
    const { id } = await workspace.webhook({
      ...{ url: "http://127.0.0.1:1/", events: ["ticket.*"], retry_policy: Array(10).fill(3600) },
      disable_after: { failures: 10, seconds: 0 },
    });
    await makeFailing(workspace, id);
    await failProbes(workspace, id, 10);
    for (let n = 6; n <= 10; n++) await workspace.publish(EVENT);
    const types = await eventually(
      async () => dataOf(await workspace.call<{ data: { event: string }[] }>("GET", "/events?limit=100")),
      (seen) => seen.length > 13,
    );
    const own = ["endpoint.disabled", ...Array(3).fill("endpoint.failing")];
    expect(types.map(({ event }) => event).toSorted()).toEqual([...own, ...Array(10).fill("ticket.created")]);
    expect((await usage(workspace)).events).toMatchObject({ used: 10, limit: 10 });
    expect(told(await publish(workspace))).toContain("and 10 were published");
  });
});

describe("a plan", () => {
  it.each(["enterprise", "FREE", "free ", "constructor", "__proto__"])(
    "that does not exist is refused: %s",
    async (plan) => {
      const workspace = await onPlan("free");
      const answers = [
        await admin<Problem>("POST", "/workspaces", { name: "Acme", plan }),
        await admin<Problem>("PATCH", `/workspaces/${workspace.id}`, { plan }),
      ];
      for (const { status, json } of answers) {
        expect([status, json.code, json.errors?.map(({ path }) => path)]).toEqual([422, "invalid_request", ["plan"]]);
        expect(json.detail).toBe("plan: There is no such plan; there are: free, pair, ten, nothing, wide");
      }
      expect((await usage(workspace)).plan).toBe("free");
    },
  );

  it("may be set at the creation", async () => {
    const made = await admin<{ data: { id: number; plan: string } }>("POST", "/workspaces", {
      name: "A",
      plan: "pair",
    });
    expect([made.status, made.json.data.plan]).toEqual([201, "pair"]);
    const { json } = await admin<{ data: Usage }>("GET", `/workspaces/${made.json.data.id}/usage`);
    expect(json.data.webhooks).toEqual({ used: 0, limit: 2 });
  });

  it("that the deployment has no more limits nothing, and the log says so", async () => {
    const vars = { PLANS: JSON.stringify({ old: PLANS.nothing }) };
    const before = await spawnService({ vars });
    const workspace = await newWorkspace(before);
    await api(before.url, before.adminToken)("PATCH", workspace.path, { plan: "old" });
    expect(told(await publish(workspace))).toContain("The plan old allows 0 events");
    await before.stop();
    const after = await spawnService({ stateDir: before.stateDir });
    try {
      const call = api(after.url, after.adminToken);
      expect((await call("POST", `${workspace.path}/events`, EVENT)).status).toBe(202);
      expect((await call("POST", `${workspace.path}/webhooks`, { url: URL_, events: ["*"] })).status).toBe(201);
      const { json } = await call<{ data: Usage }>("GET", `${workspace.path}/usage`);
      expect(json.data).toMatchObject({
        plan: "old",
        webhooks: { used: 1, limit: 1000 },
        events: { used: 1, limit: null },
      });
      await logged(after, `Workspace ${workspace.id} has no plan's limits: its plan "old" is not among PLANS`);
    } finally {
      await after.stop();
    }
  });

  it("that is malformed lets the service answer nothing but that, in its log", async () => {
    const broken = await spawnService({ vars: { PLANS: '{"free": {"webhooks": 5, "events": 10}}' } });
    try {
      const { status, text } = await api(broken.url, broken.adminToken)("GET", "/healthz");
      expect(status).toBe(500);
      expect(text).not.toContain("PLANS");
      await logged(broken, "PLANS.free.sources");
      expect(broken.output()).toContain("Misconfigured: ");
    } finally {
      await broken.stop();
    }
  });
});
