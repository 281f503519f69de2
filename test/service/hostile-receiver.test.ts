import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type HostileAnswer, hostileAnswers } from "../support/hostile-answers.ts";
import { openInbox } from "../support/inbox.ts";
import { forgetPeak, peakOfRuntime } from "../support/process-memory.ts";
import { type RawReceiver, startRawReceiver } from "../support/raw-receiver.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { type Delivery, dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** How far the runtime may grow beyond where it began, in bytes. */
const GROWTH = 100_000_000;
/** What is kept of an answer, in bytes of UTF-8. */
const KEPT_BYTES = 4096;

const ANSWERS = hostileAnswers();

let service: SpawnedService;
let honest: Receiver;
let hostile: RawReceiver;
let workspace: Workspace;
/** Whose deliveries must not notice. */
let neighbour: Workspace;
let arrivals: () => number;
let began: number;

beforeAll(async () => {
  [service, honest, hostile] = await Promise.all([spawnService(), startReceiver(), startRawReceiver()]);
  [workspace, neighbour] = [await newWorkspace(service, "Victim"), await newWorkspace(service, "Neighbour")];
  const inbox = openInbox(honest, answer(200, "x".repeat(5000)));
  arrivals = () => inbox.requests().length;
  await neighbour.webhook({ url: inbox.url });
  // Where it begins: warm, with every kind of work done once.
  for (let n = 0; n < 20; n++) await neighbourWorks();
  const first = await workspace.webhook({ url: inbox.url, dialect: "gopimi" });
  await workspace.call("POST", `/webhooks/${first.id}/test`, {});
  await workspace.attempted(first.id);
  await workspace.call("DELETE", `/webhooks/${first.id}`);
  forgetPeak(service.pid);
  began = peakOfRuntime(service.pid);
});

afterAll(() => Promise.all([service.stop(), honest.close(), hostile.close()]));

/** A delivery of somebody else's completes. */
async function neighbourWorks(): Promise<void> {
  const before = arrivals();
  await neighbour.publish({ event: "ticket.created", data: {} });
  await eventually(arrivals, (now) => now > before);
}

let paths = 0;

function open({ answer: raw }: HostileAnswer): { url: string; asked: () => number } {
  const path = `/${++paths}`;
  hostile.on(path, raw);
  return { url: hostile.url + path, asked: () => hostile.asked(path) };
}

function check(delivery: Delivery, { status, begins }: HostileAnswer): void {
  expect(delivery.attempts).toHaveLength(1);
  const [attempt] = delivery.attempts;
  if (status !== undefined) expect(attempt?.status).toBe(status);
  expect(delivery.status).toBe(attempt?.status === 200 ? "delivered" : "pending");
  expect(Buffer.byteLength(attempt?.response_body ?? "")).toBeLessThanOrEqual(KEPT_BYTES);
  if (begins !== undefined) expect(attempt?.response_body.startsWith(begins)).toBe(true);
}

const growth = () => peakOfRuntime(service.pid) - began;

describe.each(ANSWERS)("an answer of $name", (kind) => {
  it("ends one attempt of a delivery, which is in the log once", async () => {
    const { url, asked } = open(kind);
    const { id } = await workspace.webhook({ url, retry_policy: [3600], timeout_ms: 5000 });
    await workspace.publish({ event: "ticket.created", data: {} });
    await neighbourWorks();
    const delivery = await workspace.attempted(id);
    expect(await workspace.deliveries(id)).toHaveLength(1);
    expect(asked()).toBe(1);
    check(delivery, kind);
    await workspace.call("DELETE", `/webhooks/${id}`);
    expect(growth()).toBeLessThan(GROWTH);
  });

  it("ends one attempt of a test event", async () => {
    const { url, asked } = open(kind);
    const { id } = await workspace.webhook({
      url,
      events: ["contact.created"],
      retry_policy: [3600],
      timeout_ms: 5000,
    });
    dataOf(await workspace.call<{ data: unknown }>("POST", `/webhooks/${id}/test`, {}));
    await neighbourWorks();
    check(await workspace.attempted(id), kind);
    expect(asked()).toBe(1);
    await workspace.call("DELETE", `/webhooks/${id}`);
    expect(growth()).toBeLessThan(GROWTH);
  });

  it("fails a handshake, and the request that asked for it says so", async () => {
    const { url, asked } = open(kind);
    const community = { url, events: ["ticket_status_change"], dialect: "community", verify_token: "sometoken" };
    const [refused] = await Promise.all([
      workspace.call<{ code: string; detail: string }>("POST", "/webhooks", community),
      neighbourWorks(),
    ]);
    expect([refused.status, refused.json.code]).toEqual([422, "handshake_failed"]);
    expect(refused.text.length).toBeLessThan(2000);
    expect(asked()).toBe(1);
    expect(growth()).toBeLessThan(GROWTH);
  });
});

it("a short answer that carries the challenge passes the handshake, though it breaks off", async () => {
  hostile.on("/challenge", (socket, target) => {
    const challenge = new URL(target, hostile.url).searchParams.get("challenge") ?? "";
    socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${challenge.length + 100}\r\n\r\n${challenge}`);
  });
  const fields = { url: `${hostile.url}/challenge`, dialect: "community", verify_token: "sometoken" };
  const made = await workspace.webhook({ ...fields, events: ["ticket_status_change"] });
  expect(made.status).toBe("active");
});

it("at least 20 kinds of answers were tried", () => expect(ANSWERS.length).toBeGreaterThanOrEqual(20));
