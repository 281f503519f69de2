import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

const AT = "2026-03-26T14:30:00Z";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

let paths = 0;

async function tenant(): Promise<{ workspace: Workspace; bodies(count: number): Promise<string[]> }> {
  const workspace = await newWorkspace(service);
  const path = `/${++paths}`;
  await workspace.webhook({ url: receiver.url + path });
  const mine = () => receiver.requests.filter((request) => request.path === path);
  const bodies = async (count: number) => {
    await receiver.waitFor(() => mine().length >= count);
    return mine().map(({ body }) => body.toString());
  };
  return { workspace, bodies };
}

/** The body that a receiver must get. */
const wire = (workspace: Workspace, data: string) =>
  `{"event":"ticket.created","timestamp":"${AT}","workspace_id":${workspace.id},"data":${data}}`;

const request = (data: string) => `{"event":"ticket.created","timestamp":"${AT}","data":${data}}`;

/** JSON text of that many bytes, in scripts of one to four bytes a character, no two pieces alike. */
function jsonOf(bytes: number, seed = ""): string {
  const pieces: string[] = [];
  let left = bytes - '{"text":""}'.length;
  for (let n = 0; left > 60; n++) {
    const piece = `${seed}${n} é€🔑 `;
    pieces.push(piece);
    left -= Buffer.byteLength(piece);
  }
  return `{"text":"${pieces.join("")}${".".repeat(left)}"}`;
}

describe("a payload", () => {
  it("of 250 KB arrives intact", async () => {
    const { workspace, bodies } = await tenant();
    const data = jsonOf(250 * 1024);
    expect(Buffer.byteLength(data)).toBe(250 * 1024);
    expect((await workspace.call("POST", "/events", request(data))).status).toBe(202);
    const [body] = await bodies(1);
    expect(body === wire(workspace, data)).toBe(true);
  });

  it.each([1, 10])("of 257 KB is refused with a problem document, as one of %i", async (count) => {
    const { workspace } = await tenant();
    const events = [...Array<string>(count - 1).fill(request("{}")), request(jsonOf(257 * 1024))];
    const body = count === 1 ? (events[0] ?? "") : `{"events":[${events.join(",")}]}`;
    const answer = await workspace.call<{ status: number; code: string; detail: string }>("POST", "/events", body);
    expect([413, 422]).toContain(answer.status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.json.status).toBe(answer.status);
    expect(["payload_too_large", "invalid_request"]).toContain(answer.json.code);
    const stored = await workspace.call<{ data: unknown[] }>("GET", "/events");
    expect(stored.json.data).toEqual([]);
  });

  it.each([
    "1.0",
    "12345678901234567890",
    "-0.0",
    "1e400",
    "0.1000000000000000055511151231257827",
    '{"amount":10.00,"id":9007199254740993,"nested":[1.50,{"a":1E2}]}',
    '"\\u00e9 é \\/ \\ud83d\\ude00 \\u0000"',
    "null",
    '{"a":1,"a":2}',
    '{"__proto__":{"x":1},"constructor":1}',
  ])("arrives with its digits and escapes: %s", async (data) => {
    const { workspace, bodies } = await tenant();
    expect((await workspace.call("POST", "/events", request(data))).status).toBe(202);
    expect(await bodies(1)).toEqual([wire(workspace, data)]);
  });

  it("loses the white space between its parts and keeps that within its strings", async () => {
    const { workspace, bodies } = await tenant();
    const spaced = '{ "a" : [ 1.0 ,\n\t2 ] ,\r\n "b c" : " \\" , : { } " }';
    await workspace.call("POST", "/events", request(spaced));
    expect(await bodies(1)).toEqual([wire(workspace, '{"a":[1.0,2],"b c":" \\" , : { } "}')]);
  });
});

describe("a batch", () => {
  it("of 100 payloads of 40 KB arrives intact", async () => {
    const { workspace, bodies } = await tenant();
    const payloads = Array.from({ length: 100 }, (_, n) => jsonOf(40 * 1024, `${n}:`));
    const answer = await workspace.call("POST", "/events", `{"events":[${payloads.map(request).join(",")}]}`);
    expect(answer.status).toBe(202);
    const expected = new Set(payloads.map((data) => wire(workspace, data)));
    const arrived = await bodies(100);
    expect(arrived).toHaveLength(100);
    expect(arrived.filter((body) => !expected.delete(body)).map((body) => body.slice(0, 200))).toEqual([]);
    expect(expected.size).toBe(0);
  });

  it("of more than 5 MB is refused with 413, by the length that it announces", async () => {
    const { workspace } = await tenant();
    const headers = {
      authorization: `Bearer ${service.adminToken}`,
      "content-type": "application/json",
      "content-length": 5 * 1024 * 1024 + 1,
    };
    // A client that sends on may be cut off before it reads the answer; this one waits for it.
    const sending = httpRequest(`${service.url}${workspace.path}/events`, { method: "POST", headers });
    sending.on("error", () => {});
    sending.flushHeaders();
    const [response] = (await once(sending, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    expect(response.headers["content-type"]).toBe("application/problem+json");
    sending.destroy();
  });
});
