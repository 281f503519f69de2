import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openInbox } from "../support/inbox.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { refusal } from "../support/refusal.ts";
import { api, type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const HOSTILE: [string, Record<string, string>][] = [
  ["a line break in a value", { "X-A": "a\r\nX-B: b" }],
  ["a bare line feed", { "X-A": "a\nX-B: b" }],
  ["a bare carriage return", { "X-A": "a\rb" }],
  ["a NUL", { "X-A": "a\0b" }],
  ["a line break in a name", { "X-A: a\r\nX-B": "b" }],
  ["another length", { "Content-Length": "0" }],
  ["another framing", { "Transfer-Encoding": "chunked" }],
  ["another host", { Host: "internal.example.com" }],
  ["a hop-by-hop header", { Connection: "close, X-Webhook-Signature" }],
  ["an upgrade", { Upgrade: "websocket" }],
  ["whom Cloudflare says it is", { "CF-Connecting-IP": "127.0.0.1" }],
  ["whom a proxy says it is", { "X-Forwarded-For": "127.0.0.1" }],
  ["a signature of one's own", { "webhook-signature": "v1,abc" }],
  ["a dialect's own in another case", { "x-gopimi-SIGNATURE": "abc" }],
  ["a name that objects have of themselves", JSON.parse('{"__proto__": "x"}')],
  ["more than twenty", Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`x-${at}`, ""]))],
  ["more than 4 KB in all", { "x-a": "a".repeat(2048), "x-b": "b".repeat(2048) }],
];

/** Every way in which headers get to a webhook. */
async function doors(): Promise<
  { door: string; set: (headers: object) => Promise<{ status: number; json: unknown }> }[]
> {
  const own = await newWorkspace(service);
  const { url } = openInbox(receiver);
  const webhook = await own.webhook({ url });
  const survey = dataOf(await own.call<{ data: Webhook }>("POST", "/surveys/s/webhooks", { url }));
  const asked = { name: "t", scopes: ["manage"] };
  const { token } = dataOf(await own.call<{ data: { token: string } }>("POST", "/tokens", asked));
  const cases = api(service.url, token);
  const endpoint = { url, events: ["cases.*"] };
  const { id } = dataOf(await cases<{ data: { id: string } }>("POST", "/v2.3/webhooks/endpoints", endpoint));
  return [
    { door: "create", set: (headers) => own.call("POST", "/webhooks", { url, events: ["*"], headers }) },
    { door: "change", set: (headers) => own.call("PATCH", `/webhooks/${webhook.id}`, { headers }) },
    { door: "create for a survey", set: (headers) => own.call("POST", "/surveys/s/webhooks", { url, headers }) },
    {
      door: "change for a survey",
      set: (headers) => own.call("PATCH", `/surveys/s/webhooks/${survey.id}`, { headers }),
    },
    { door: "v2.3 create", set: (headers) => cases("POST", "/v2.3/webhooks/endpoints", { ...endpoint, headers }) },
    { door: "v2.3 change", set: (headers) => cases("PATCH", `/v2.3/webhooks/endpoints/${id}`, { headers }) },
  ];
}

describe("a header that would break a request, or speak for somebody else", () => {
  it("is refused at every door", async () => {
    for (const { door, set } of await doors()) {
      for (const [what, headers] of HOSTILE) {
        const answer = (await set(headers)) as Parameters<typeof refusal>[0];
        const { status, fields } = refusal(answer);
        expect({ door, what, status, field: fields[0]?.split(".")[0] }).toEqual({
          door,
          what,
          status: 422,
          field: "headers",
        });
      }
    }
  });

  it("cannot come by way of a URL: neither its query nor its fragment ends a line", async () => {
    const inbox = openInbox(receiver);
    const url = `${inbox.url}?a=b%0d%0aX-Evil:%201&c=\r\nX-Evil:+2#%0d%0aX-Evil:%203\r\nX-Evil: 4`;
    await workspace.webhook({ url, events: ["ticket.created"], headers: { "X-Fine": "yes" } });
    await workspace.publish({ event: "ticket.created", data: {} });
    const { rawHeaders, query, headers } = await inbox.first();
    const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(names).not.toContain("x-evil");
    expect(headers["x-fine"]).toBe("yes");
    // Encoded, it is data; as such, the URL has lost it.
    expect([query.get("a"), query.get("c")]).toEqual(["b\r\nX-Evil: 1", "X-Evil: 2"]);
    expect(receiver.requests).toHaveLength(1);
  });
});
