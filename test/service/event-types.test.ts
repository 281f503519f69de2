import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

interface EventType {
  name: string;
  title: string | null;
  description: string | null;
  system: string;
  built_in: boolean;
  schema: unknown;
  sample: unknown;
}

interface Problem {
  code: string;
  detail: string;
  errors: { path: string; message: string }[];
}

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const add = (fields: Record<string, unknown>) =>
  workspace.call<{ data: EventType } & Problem>("POST", "/event-types", fields);

async function all(filter = ""): Promise<EventType[]> {
  const found: EventType[] = [];
  for (let cursor = ""; ; ) {
    const { json } = await workspace.call<{ data: EventType[]; next_cursor: string | null }>(
      "GET",
      `/event-types?limit=30${filter}${cursor && `&cursor=${cursor}`}`,
    );
    found.push(...json.data);
    if (json.next_cursor === null) return found;
    cursor = json.next_cursor;
  }
}

const subscribe = (events: string[], path = "/") =>
  workspace.call<{ data: { id: string; events: string[] } } & Problem>("POST", "/webhooks", {
    url: receiver.url + path,
    events,
  });

const invoice = {
  name: "invoice.paid",
  title: "Invoice paid",
  description: "A customer has paid an invoice in full.",
  schema: {
    type: "object",
    required: ["id", "total"],
    properties: { id: { type: "integer" }, total: { type: "string", pattern: "^\\d+\\.\\d\\d$" } },
  },
  sample: { id: 7, total: "129.00" },
};

describe("the built-in types", () => {
  it("are listed page by page, each described, with a sample", async () => {
    const types = await all();
    // 15 of gopimi, 10 of platform, 23 of cases and assignments, 8 of communities.
    const counts = Map.groupBy(types, ({ system }) => system);
    expect(["gopimi", "platform", "cases", "community"].map((system) => counts.get(system)?.length)).toEqual([
      15, 10, 23, 8,
    ]);
    for (const type of types) {
      expect(type).toMatchObject({ built_in: true, title: expect.any(String), description: expect.any(String) });
      expect(type.sample, type.name).toBeTypeOf("object");
    }
  });

  it("are listed by system", async () => {
    const types = await all("&system=community");
    expect(types.map(({ name }) => name)).toContain("note_deletion");
    expect(new Set(types.map(({ system }) => system))).toEqual(new Set(["community"]));
  });

  it("cannot be added, changed or deleted", async () => {
    expect((await add({ name: "ticket.created" })).json).toMatchObject({ code: "conflict" });
    expect((await workspace.call("PATCH", "/event-types/ticket.created", { title: "x" })).status).toBe(409);
    expect((await workspace.call("DELETE", "/event-types/ticket.created")).status).toBe(409);
  });
});

describe("a workspace's own type", () => {
  it("is added, listed before the built-in ones, and unknown to other workspaces", async () => {
    const added = await add(invoice);
    expect(added.status).toBe(201);
    expect(added.json.data).toMatchObject({ ...invoice, system: "workspace", built_in: false });
    expect((await all())[0]).toMatchObject({ name: "invoice.paid", sample: { id: 7, total: "129.00" } });
    const other = await newWorkspace(service, "Other");
    const { json } = await other.call<{ data: EventType[] }>("GET", "/event-types?system=workspace");
    expect(json.data).toEqual([]);
    expect((await other.call("POST", "/webhooks", { url: receiver.url, events: ["invoice.paid"] })).status).toBe(422);
  });

  it("is added once", async () => {
    expect((await add(invoice)).json).toMatchObject({
      code: "conflict",
      detail: expect.stringContaining("invoice.paid"),
    });
  });

  it("can be subscribed to, by its name and by a pattern", async () => {
    expect((await subscribe(["invoice.paid"])).status).toBe(201);
    expect((await subscribe(["invoice.*"])).status).toBe(201);
  });

  it("has what is published of it checked, one event or a batch, all or nothing", async () => {
    const publish = (body: unknown) => workspace.call<Problem>("POST", "/events", body);
    const refused = await publish({ event: "invoice.paid", data: { id: "7" } });
    expect(refused.status).toBe(422);
    expect(refused.json.errors.map(({ path }) => path)).toEqual(["data", "data.id"]);
    expect(refused.json.errors[0]?.message).toMatch(/total is missing/);
    const good = { event: "invoice.paid", data: { id: 7, total: "1.00" } };
    const batch = await publish({ events: [good, { event: "invoice.paid", data: { id: 7, total: "1" } }] });
    expect(batch.json.errors.map(({ path }) => path)).toEqual(["events.1.data.total"]);
    const listed = await workspace.call<{ data: unknown[] }>("GET", "/events?event=invoice.paid");
    expect(listed.json.data).toEqual([]);
    expect((await publish(good)).status).toBe(202);
  });

  it("is checked by its new schema as soon as that has changed, and by none once it has none", async () => {
    const publish = () => workspace.call("POST", "/events", { event: "invoice.paid", data: { total: "1.00" } });
    expect((await publish()).status).toBe(422);
    const changed = await workspace.call<{ data: EventType }>("PATCH", "/event-types/invoice.paid", {
      schema: { required: ["total"] },
    });
    expect(changed.json.data).toMatchObject({ schema: { required: ["total"] }, title: "Invoice paid" });
    expect((await publish()).status).toBe(202);
    expect((await workspace.call("PATCH", "/event-types/invoice.paid", { schema: null })).status).toBe(200);
    expect((await workspace.call("POST", "/events", { event: "invoice.paid", data: null })).status).toBe(202);
  });

  it("sends its sample as a test", async () => {
    // On a path of its own: other webhooks may still be told of what was published before.
    const { json } = await subscribe(["invoice.paid"], "/sample");
    expect((await workspace.call("POST", `/webhooks/${json.data.id}/test`)).status).toBe(202);
    const isSample = ({ path }: { path: string }) => path === "/sample";
    const request = (await receiver.waitFor((requests) => requests.some(isSample))).find(isSample);
    expect(JSON.parse(String(request?.body))).toMatchObject({
      event: "invoice.paid",
      data: { id: 7, total: "129.00" },
    });
  });

  it("is deleted; webhooks that subscribe to it keep doing so, and say so unchallenged", async () => {
    const { json } = await subscribe(["invoice.paid", "ticket.created"]);
    expect((await workspace.call("DELETE", "/event-types/invoice.paid")).status).toBe(204);
    expect((await workspace.call("DELETE", "/event-types/invoice.paid")).status).toBe(404);
    expect((await subscribe(["invoice.paid"])).status).toBe(422);
    const again = await workspace.call("PATCH", `/webhooks/${json.data.id}`, { events: ["invoice.paid", "sla.*"] });
    expect(again.status).toBe(200);
  });

  it.each([
    [{ name: "a b" }, "name"],
    [{ name: "order.sent", schema: { type: "objct" } }, "schema.type"],
    [{ name: "order.sent", schema: { pattern: "(?=x)y" } }, "schema.pattern"],
    [{ name: "order.sent", schema: { required: ["id"] }, sample: {} }, "sample"],
    [{ name: "order.sent", colour: "red" }, "colour"],
  ])("%j is refused, naming the field", async (fields, path) => {
    const { status, json } = await add(fields);
    expect({ status, path: json.errors[0]?.path }).toEqual({ status: 422, path });
  });
});

describe("a subscription", () => {
  it.each([
    ["ticket.creatd", "ticket.created"],
    ["tickets.*", "ticket.*"],
    ["assignment.billing-details.*", "assignments.billing-details.*"],
    ["note_deleted", "note_deletion"],
  ])("to %s is refused, naming %s", async (pattern, meant) => {
    const { status, json } = await subscribe(["ticket.created", pattern]);
    expect(status).toBe(422);
    expect(json.errors).toEqual([{ path: "events.1", message: expect.stringContaining(`${meant}, `) }]);
  });

  it.each(["*", "cases.*", "cases.tasks.*", "email.*", "endpoint.disabled"])("to %s is taken", async (pattern) => {
    expect((await subscribe([pattern])).status).toBe(201);
  });

  it("is not changed to an unknown type either", async () => {
    const { json } = await subscribe(["ticket.created"]);
    const changed = await workspace.call<Problem>("PATCH", `/webhooks/${json.data.id}`, { events: ["ticket.opened"] });
    expect(changed.status).toBe(422);
    const kept = await workspace.call<{ data: { events: string[] } }>("GET", `/webhooks/${json.data.id}`);
    expect(kept.json.data.events).toEqual(["ticket.created"]);
  });
});

describe("a test", () => {
  const received = async (fields: Record<string, unknown>, event?: string) => {
    const webhook = await workspace.webhook({ url: `${receiver.url}/`, ...fields });
    receiver.requests.length = 0;
    dataOf(await workspace.call<{ data: unknown }>("POST", `/webhooks/${webhook.id}/test`, event ? { event } : {}));
    const [request] = await receiver.waitFor(1);
    return JSON.parse(String(request?.body));
  };

  it("sends the sample of the type asked for, of the webhook's own system where several have it", async () => {
    const asked = { events: ["*"] };
    expect(await received({ ...asked, dialect: "gopimi" }, "ticket.created")).toMatchObject({
      data: { id: 42, subject: "Ticket #42 - Cannot access dashboard" },
    });
    const { data } = await received({ ...asked, dialect: "platform" }, "ticket.created");
    expect(data).not.toHaveProperty("subject", "Ticket #42 - Cannot access dashboard");
  });

  it("sends the first type that the webhook subscribes to, of its own system first", async () => {
    expect(await received({ events: ["*"], dialect: "cases" })).toMatchObject({ type: "cases.created" });
    expect(await received({ events: ["sla.*", "ticket.created"] })).toMatchObject({
      event: "sla.first_response_breached",
    });
  });

  it("of a type that nobody knows is refused, naming the closest", async () => {
    const webhook = dataOf(await subscribe(["ticket.created"]));
    const { status, json } = await workspace.call<Problem>("POST", `/webhooks/${webhook.id}/test`, {
      event: "sla.bad",
    });
    expect({ status, path: json.errors[0]?.path }).toEqual({ status: 422, path: "event" });
  });
});

describe("what Posthorn itself reports", () => {
  it.each(["endpoint.disabled", "endpoint.failing", "delivery.exhausted", "delivery.expired"])(
    "cannot be published: %s",
    async (event) => {
      const single = await workspace.call<Problem>("POST", "/events", { event, data: {} });
      expect({ status: single.status, path: single.json.errors[0]?.path }).toEqual({ status: 422, path: "event" });
      const batch = await workspace.call<Problem>("POST", "/events", {
        events: [
          { event: "a", data: 1 },
          { event, data: {} },
        ],
      });
      expect(batch.json.errors.map(({ path }) => path)).toEqual(["events.1.event"]);
    },
  );
});

describe("a conversation's events", () => {
  const publish = (event: string, data: unknown) => workspace.call<Problem>("POST", "/events", { event, data });

  it("has no owner that is a list, and is no bare text", async () => {
    expect((await publish("conversation.created", { id: 9, owner_id: [1] })).json.errors[0]?.path).toBe(
      "data.owner_id",
    );
    expect((await publish("conversation.created", "hello")).status).toBe(422);
  });

  it("of a workspace's own making needs none", async () => {
    expect((await publish("conversation.snoozed", { id: 9 })).status).toBe(202);
  });
});
