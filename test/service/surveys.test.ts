import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failTimes, type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, type NewEvent, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

const EVENT = "survey.response_completed";
const URL_ = "https://your-app.com/webhooks/surveys";

interface SurveyWebhook extends Omit<Webhook, "secret"> {
  secret?: string | null;
  events: string[];
  channels: string[];
  dialect: string;
  survey: string | null;
  retry_policy: number[];
  timeout_ms: number;
}

type One = { data: SurveyWebhook };
type Page = { data: SurveyWebhook[]; next_cursor: string | null };
type Problem = { code: string; detail: string; errors?: { path: string; message: string }[] };

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

let surveys = 0;
const newSurvey = () => `survey-${++surveys}`;
const of = (survey: string) => `/surveys/${survey}/webhooks`;
const create = async (survey: string, fields: object = {}) =>
  dataOf(await workspace.call<One>("POST", of(survey), { url: URL_, ...fields }));
const listed = async (path: string) => (await workspace.call<Page>("GET", path)).json;
const without = ({ secret: _, ...rest }: SurveyWebhook) => rest;
const paths = (answer: { status: number; json: Problem }) => [
  answer.status,
  answer.json.errors?.map((error) => error.path),
];

describe("a survey's webhook", () => {
  it("is created with a URL alone, and is for that survey's completed responses", async () => {
    const survey = newSurvey();
    const { status, json } = await workspace.call<One>("POST", of(survey), { url: URL_ });
    expect(status).toBe(201);
    expect(json.data).toMatchObject({ url: URL_, events: [EVENT], channels: [survey], survey, secret: null });
    expect(json.data).toMatchObject({ dialect: "platform", status: "active", timeout_ms: 10_000 });
    // 1s, 5s, 30s, 5m, 30m, 2h
    expect(json.data.retry_policy).toEqual([1, 5, 30, 300, 1800, 7200]);
    expect((await create(survey, { events: [EVENT] })).events).toEqual([EVENT]);
  });

  it("is listed, read, changed and deleted where its survey is", async () => {
    const survey = newSurvey();
    const first = await create(survey);
    const second = await create(survey, { secret: "sixteen characters" });
    expect(second.secret).toBe("sixteen characters");
    expect(await listed(of(survey))).toEqual({ data: [without(second), without(first)], next_cursor: null });
    const page = await listed(`${of(survey)}?limit=1`);
    expect(page.data).toEqual([without(second)]);
    expect((await listed(`${of(survey)}?limit=1&cursor=${page.next_cursor}`)).data).toEqual([without(first)]);

    const at = `${of(survey)}/${first.id}`;
    expect((await workspace.call<One>("GET", at)).json.data).toEqual(without(first));
    const changes = { status: "paused", name: "Responses", retry_policy: [2] };
    const changed = await workspace.call<One>("PATCH", at, changes);
    expect(changed.status).toBe(200);
    expect(changed.json.data).toMatchObject({ id: first.id, ...changes, events: [EVENT], channels: [survey] });

    const deleted = await workspace.call("DELETE", at);
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    expect((await workspace.call("GET", at)).status).toBe(404);
    expect((await listed(of(survey))).data).toEqual([without(second)]);
  });

  it("is a webhook among the workspace's", async () => {
    const own = await newWorkspace(service);
    const plain = await own.webhook({ url: URL_ });
    const webhook = dataOf(await own.call<One>("POST", of("s"), { url: URL_ }));
    const all = (await own.call<Page>("GET", "/webhooks")).json.data;
    expect(all.map(({ id, survey }) => [id, survey])).toEqual([
      [webhook.id, "s"],
      [plain.id, null],
    ]);
    expect(await own.getWebhook(webhook.id)).toEqual(without(webhook));
    expect(await own.change(webhook.id, { status: "paused" })).toMatchObject({ status: "paused", survey: "s" });
    expect(await own.health(webhook.id)).toMatchObject({ status: "paused" });
    expect((await own.call("DELETE", `/webhooks/${webhook.id}`)).status).toBe(204);
    expect((await own.call<Page>("GET", of("s"))).json.data).toEqual([]);
  });

  it("is not there under another survey, and no other webhook is under any", async () => {
    const survey = newSurvey();
    const webhook = await create(survey);
    const plain = await workspace.webhook({ url: URL_, dialect: "platform", events: [EVENT], channels: [survey] });
    for (const at of [`${of(newSurvey())}/${webhook.id}`, `${of(survey)}/${plain.id}`]) {
      for (const [method, body] of [["GET"], ["PATCH", {}], ["DELETE"]] as const) {
        const { status, json } = await workspace.call<Problem>(method, at, body);
        expect([method, status, json.code]).toEqual([method, 404, "not_found"]);
      }
    }
    expect((await listed(of(survey))).data.map(({ id }) => id)).toEqual([webhook.id]);
  });
});

describe("what is refused", () => {
  it.each([
    ["another event", { events: ["ticket.created"] }, ["events.0"]],
    ["a pattern", { events: ["survey.*"] }, ["events.0"]],
    ["no event", { events: [] }, ["events"]],
    ["one more event", { events: [EVENT, EVENT] }, ["events"]],
    ["a channel", { channels: ["other"] }, ["channels"]],
    ["a dialect", { dialect: "gopimi" }, ["dialect"]],
  ])("a creation with %s", async (_, fields, wrong) => {
    const survey = newSurvey();
    const answer = await workspace.call<Problem>("POST", of(survey), { url: URL_, ...fields });
    expect(paths(answer)).toEqual([422, wrong]);
    expect((await listed(of(survey))).data).toEqual([]);
  });

  it.each([{ events: [EVENT] }, { events: ["*"] }, { channels: ["other"] }, { channels: null }, { dialect: "cases" }])(
    "a change of what makes it a survey's webhook: %j",
    async (changes) => {
      const survey = newSurvey();
      const webhook = await create(survey);
      for (const at of [`${of(survey)}/${webhook.id}`, `/webhooks/${webhook.id}`]) {
        expect(paths(await workspace.call<Problem>("PATCH", at, changes))).toEqual([422, Object.keys(changes)]);
      }
      expect(await workspace.getWebhook(webhook.id)).toEqual(without(webhook));
    },
  );

  it("an id that a survey cannot have, but none that it can", async () => {
    for (const survey of ["a b", "a%2Fb", "caf%C3%A9", "x".repeat(201), "%"]) {
      const answer = await workspace.call<Problem>("GET", of(survey));
      expect([survey, ...paths(answer)]).toEqual([survey, 422, ["survey"]]);
      expect((await workspace.call("POST", of(survey), { url: URL_ })).status).toBe(422);
    }
    for (const survey of ["x".repeat(200), "A-z_0.9:1"]) expect((await create(survey)).channels).toEqual([survey]);
  });
});

describe("the limit", () => {
  const fill = async (survey: string, count: number) => {
    for (let number = 0; number < count; number++) await create(survey);
  };

  it("is ten: the eleventh is refused, and another survey has ten of its own", async () => {
    const survey = newSurvey();
    await fill(survey, 10);
    for (const fields of [{}, { secret: "sixteen characters" }]) {
      const { status, json } = await workspace.call<Problem>("POST", of(survey), { url: URL_, ...fields });
      expect([status, json.code]).toEqual([409, "conflict"]);
      expect(json.detail).toMatch(/10 webhooks.*delete one/);
    }
    const { data } = await listed(of(survey));
    expect(data.length).toBe(10);
    await fill(newSurvey(), 1);
    const other = await newWorkspace(service);
    expect((await other.call("POST", of(survey), { url: URL_ })).status).toBe(201);
    await workspace.webhook({ url: URL_ });

    await workspace.call("DELETE", `${of(survey)}/${data[0]?.id}`);
    await fill(survey, 1);
    expect((await workspace.call("POST", of(survey), { url: URL_ })).status).toBe(409);
  });

  it.each([
    ["with", { secret: "sixteen characters" }],
    ["without", {}],
  ])("lets one of twenty pass that come at once to a survey with nine, %s a secret", async (_, fields) => {
    const survey = newSurvey();
    await fill(survey, 9);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => workspace.call("POST", of(survey), { url: URL_, ...fields })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array(19).fill(409)]);
    expect((await listed(of(survey))).data.length).toBe(10);
  });
});

describe("deliveries", () => {
  const data = {
    responseId: "r-1",
    completedAt: "2025-01-15T10:29:58.000Z",
    answers: { q1: { value: "9", choiceIds: ["c9"] } },
    embeddedData: {},
    metadata: {},
  };
  const completed = (channels: string[]): NewEvent => ({
    event: EVENT,
    data,
    channels,
    timestamp: "2025-01-15T10:30:00.000Z",
  });
  const to = (path: string) => receiver.requests.filter((request) => request.path === path);

  async function arrival(path: string): Promise<Received> {
    await receiver.waitFor(() => to(path).length > 0);
    const [first] = to(path);
    if (!first) throw new Error("Nothing arrived");
    return first;
  }

  it("are unsigned without a secret, and tried again a second after a failure", async () => {
    const survey = newSurvey();
    receiver.on("/retried", failTimes(1));
    await create(survey, { url: `${receiver.url}/retried` });
    await workspace.publish(completed([survey]));
    await receiver.waitFor(() => to("/retried").length === 2);
    const [first, second] = to("/retried");
    if (!first || !second) throw new Error("Nothing arrived");
    expect(first.headers["x-webhook-signature"]).toBeUndefined();
    expect(second.at - first.at).toBeGreaterThanOrEqual(900);
    expect(second.headers["x-webhook-delivery"]).toBe(first.headers["x-webhook-delivery"]);
    expect(second.body).toEqual(first.body);
  });

  it("of a test name the survey, as real ones do", async () => {
    const survey = newSurvey();
    const { id } = await create(survey, { url: `${receiver.url}/tested` });
    expect((await workspace.call("POST", `/webhooks/${id}/test`)).status).toBe(202);
    const { body } = await arrival("/tested");
    expect(JSON.parse(body.toString())).toMatchObject({ surveyId: survey, eventType: EVENT });
  });

  it("is told its own survey by an event of several, and the log shows what it was told", async () => {
    const [survey, path] = [newSurvey(), "/several"];
    const webhook = await create(survey, { url: receiver.url + path });
    await workspace.publish({ event: EVENT, data: {}, channels: ["another", survey] } as NewEvent);
    await receiver.waitFor((requests) => requests.some((request) => request.path === path));
    const body = receiver.requests.find((request) => request.path === path)?.body.toString() ?? "{}";
    expect(JSON.parse(body)).toMatchObject({ surveyId: survey });
    const { id } = await workspace.attempted(webhook.id);
    const detail = await workspace.call<{ data: { request: { body: string } } }>("GET", `/deliveries/${id}`);
    expect(dataOf(detail).request.body).toBe(body);
  });
});
