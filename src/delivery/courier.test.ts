import { env } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { eventId } from "../lib/ids.ts";
import * as attempts from "./attempt.ts";
import { Courier, type EndedPlace } from "./courier.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const NOW = Date.UTC(2026, 0, 1);
const RECIPIENT = { endpoint: "wh_of_nobody", number: 1, version: 1 };

const deliveries = (count: number): attempts.Delivery[] =>
  Array.from({ length: count }, (_, index) => {
    const id = eventId({ at: NOW, seq: 1, index });
    const event = { id, type: "ticket.created", at: NOW, occurredAt: NOW, channels: [], data: "{}" };
    return { seq: 1024, index, event };
  });

/** Lets everything go on that waits for nothing else. */
const settle = () => scheduler.wait(0);

const placesOf = (all: readonly EndedPlace[]) => all.map(({ place }) => place);

/** A courier whose attempts end when they are told to, and an endpoint that takes its time when it is told of them. */
async function world(count: number, told: (all: EndedPlace[]) => Promise<void> = async () => {}) {
  const open = new Map<number, () => void>();
  vi.spyOn(attempts, "attempt").mockImplementation((_env, _recipient, { index }) => {
    return new Promise((resolve) => open.set(index, () => resolve({ outcome: null, sent: undefined })));
  });
  const heard: number[][] = [];
  // It needs nothing of its object but the environment.
  const courier = Object.assign(Object.create(Courier.prototype) as Courier, { env });
  const answer = Courier.prototype.attempt.call(courier, RECIPIENT, deliveries(count), NOW, async (all) => {
    heard.push(placesOf(all));
    await told(all);
  });
  await settle();
  const end = async (...places: number[]) => {
    for (const place of places) open.get(place)?.();
    await settle();
  };
  return { open, heard, answer, end };
}

it("makes no more than five attempts", async () => {
  const { open, answer, end } = await world(7);
  expect([...open.keys()]).toEqual([0, 1, 2, 3, 4]);
  await end(0, 1, 2, 3, 4);
  await answer;
});

it("tells of what has ended at once, and of the last in its answer", async () => {
  const { heard, answer, end } = await world(3);
  await end(1);
  await end(0);
  expect(heard).toEqual([[1], [0]]);
  await end(2);
  expect(heard).toEqual([[1], [0]]);
  expect(placesOf(await answer)).toEqual([2]);
});

it("tells of those together that end while it is telling of others", async () => {
  const telling: (() => void)[] = [];
  const { heard, answer, end } = await world(5, () => new Promise((resolve) => telling.push(resolve)));
  await end(4);
  await end(2);
  await end(0);
  expect(heard).toEqual([[4]]);
  telling[0]?.();
  await settle();
  expect(heard).toEqual([[4], [2, 0]]);
  await end(1, 3);
  telling[1]?.();
  expect(placesOf(await answer)).toEqual([1, 3]);
  expect(heard).toHaveLength(2);
});

it("fails where it cannot tell, once all have ended", async () => {
  const { heard, answer, end } = await world(3, () => Promise.reject(new Error("The endpoint's object has ended")));
  const failed = expect(answer).rejects.toThrow("The endpoint's object has ended");
  await end(0);
  await end(1);
  await end(2);
  await failed;
  expect(heard).toEqual([[0]]);
});
