import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { answer, drip, type Handler, hang, huge, type Receiver, redirect, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { type Attempt, type Delivery, newWorkspace } from "../support/workspace.ts";

/** The contract's words for why an attempt did not succeed. */
const ERRORS = [
  ...["timeout", "dns", "tls", "connection_refused", "connection_reset"],
  ...["redirect", "status", "blocked", "too_large", "unknown"],
];

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

let paths = 0;

/** Delivers one event to a webhook of its own. @returns the delivery after its first attempt, and that attempt */
async function deliver(
  to: Handler | string,
  fields: Record<string, unknown> = {},
): Promise<{ delivery: Delivery; attempt: Attempt; path: string; webhook: string; read: () => Promise<Delivery> }> {
  const workspace = await newWorkspace(service);
  const path = `/${++paths}`;
  if (typeof to !== "string") receiver.on(path, to);
  const url = typeof to === "string" ? to : receiver.url + path;
  const { id } = await workspace.webhook({ url, retry_policy: [3600], ...fields });
  await workspace.publish({ event: "ticket.created", data: {} });
  const delivery = await workspace.attempted(id);
  const [attempt] = delivery.attempts;
  if (!attempt) throw new Error("There was an attempt a moment ago");
  return { delivery, attempt, path, webhook: id, read: () => workspace.delivery(delivery.id) };
}

describe("Retry-After", () => {
  /** So long that no test sees its end, and so short that one waits for it. */
  const [LONG_S, SHORT_S] = [3600, 3];
  const forms: [string, (seconds: number) => string][] = [
    ["seconds", String],
    // It has whole seconds: this one is at least as far away.
    ["an HTTP date", (seconds) => new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000).toUTCString()],
  ];
  const cases = forms.flatMap(([form, value]) => [429, 503].map((status) => [form, status, value] as const));

  /** Asks for so much patience once, and then has it. @returns the handler, and when the patience ends */
  function asking(status: number, seconds: number, value: (seconds: number) => string) {
    let end = Number.NaN;
    const handler: Handler = (request, response) => {
      if (!Number.isNaN(end)) return answer(200)(request, response);
      const header = value(seconds);
      end = /^\d+$/.test(header) ? Date.now() + seconds * 1000 : Date.parse(header);
      return answer(status, "", { "retry-after": header })(request, response);
    };
    return { handler, end: () => end };
  }

  it.each(cases)(
    "in %s with status %i puts the next attempt off, by a tenth more at most",
    async (_, status, value) => {
      const { handler, end } = asking(status, LONG_S, value);
      const { delivery, attempt } = await deliver(handler, { retry_policy: [1] });
      expect(attempt).toMatchObject({ status, error: "status" });
      const next = Date.parse(delivery.next_attempt_at ?? "");
      expect(next).toBeGreaterThanOrEqual(end());
      // The delay counts from the settlement, which is over; a date is up to a second further away.
      expect(next).toBeLessThanOrEqual(Date.now() + (LONG_S + 1) * 1100);
    },
  );

  it.concurrent.each(cases)(
    "in %s with status %i is followed by an attempt when it is over",
    async (_, status, value) => {
      const { handler, end } = asking(status, SHORT_S, value);
      const workspace = await newWorkspace(service);
      const path = `/${++paths}`;
      receiver.on(path, handler);
      const { id } = await workspace.webhook({ url: receiver.url + path, retry_policy: [1] });
      await workspace.publish({ event: "ticket.created", data: {} });
      const { status: outcome, attempts } = await workspace.attempted(id, 2);
      expect(outcome).toBe("delivered");
      expect(attempts.map(({ trigger }) => trigger)).toEqual(["event", "retry"]);
      const retry = receiver.requests.findLast((each) => each.path === path);
      expect(retry?.at).toBeGreaterThanOrEqual(end());
    },
  );

  it("does not shorten what the schedule says", async () => {
    const { delivery, attempt } = await deliver(answer(503, "", { "retry-after": "1" }), { retry_policy: [600] });
    expect(Date.parse(delivery.next_attempt_at ?? "")).toBeGreaterThanOrEqual(Date.parse(attempt.at) + 600_000);
  });
});

describe("an answer", () => {
  it("is kept with its headers, but for what opens doors", async () => {
    const { attempt } = await deliver(
      answer(500, "no", { "x-reason": "full", "set-cookie": "session=1", "x-api-token": "t" }),
    );
    expect(attempt.response_headers).toMatchObject({ "x-reason": "full", "set-cookie": "••••", "x-api-token": "••••" });
  });

  it("that redirects is a failure, and where it leads to is never asked", async () => {
    let visits = 0;
    receiver.on("/elsewhere", (request, response) => {
      visits++;
      return answer(200)(request, response);
    });
    const { delivery, attempt } = await deliver(redirect(`${receiver.url}/elsewhere`, 302), { retry_policy: [] });
    expect(attempt).toMatchObject({ status: 302, error: "redirect" });
    expect(delivery.status).toBe("failed");
    expect(visits).toBe(0);
  });

  it("that drips for ever is cut at the timeout, and its status kept", async () => {
    const { attempt } = await deliver(drip(50), { timeout_ms: 1000 });
    expect(attempt.status).toBe(200);
    expect(attempt.duration_ms).toBeGreaterThan(950);
    expect(attempt.response_body).toMatch(/^\.+$/);
  });

  it("that never comes is a timeout", async () => {
    const { attempt } = await deliver(hang(), { timeout_ms: 1000 });
    expect(attempt).toMatchObject({ status: null, error: "timeout", response_headers: null, response_body: "" });
    expect(attempt.duration_ms).toBeGreaterThan(950);
  });

  it("of 100 MB costs its first 4 096 bytes, and the connection is closed long before its end", async () => {
    const flood = huge(100_000_000);
    let ended = false;
    const { delivery, attempt } = await deliver(async (request, response) => {
      await flood(request, response);
      ended = true;
    });
    expect(delivery.status).toBe("delivered");
    expect(attempt.response_body).toBe("x".repeat(4096));
    await eventually(
      () => ended,
      (seen) => seen,
    );
    expect(flood.taken()).toBeLessThan(20_000_000);
  });

  it("that is not UTF-8 shows a replacement character for each bad byte", async () => {
    const { attempt } = await deliver(answer(200, Buffer.from([0x6f, 0x6b, 0xff, 0xfe, 0x21])));
    expect(attempt.response_body).toBe("ok\u{fffd}\u{fffd}!");
  });

  it("with NULs and control characters is kept as it is", async () => {
    const { attempt } = await deliver(answer(500, Buffer.from("a\u{0}b\u{1}\u{1b}[31m\u{7f}\r\n\u{2028}")));
    expect(attempt).toMatchObject({ status: 500, error: "status" });
    expect(attempt.response_body).toBe("a\u{0}b\u{1}\u{1b}[31m\u{7f}\r\n\u{2028}");
  });

  it("without a body, of status 204, is a success", async () => {
    const { delivery, attempt } = await deliver(answer(204));
    expect(delivery.status).toBe("delivered");
    expect(attempt).toMatchObject({ status: 204, error: null, response_body: "" });
  });
});

describe("a server that cannot be reached", () => {
  it.concurrent.each([
    ["refuses the connection", async () => `${await closedPort()}/`],
    ["has a name that does not exist", async () => "http://nothing.invalid/"],
    ["speaks no TLS where it should", async () => `${receiver.url.replace("http:", "https:")}/`],
  ])("is recorded as an attempt where it %s", async (_, url) => {
    const { delivery, attempt } = await deliver(await url());
    console.log(`${await url()}: ${attempt.error} after ${attempt.duration_ms} ms`);
    expect(attempt).toMatchObject({ number: 1, status: null, trigger: "event", response_body: "" });
    expect(ERRORS).toContain(attempt.error);
    expect(delivery.status).toBe("pending");
    expect(delivery.next_attempt_at).not.toBeNull();
  });

  it("is recorded as an attempt where it hangs up, and asked again", async () => {
    let calls = 0;
    const workspace = await newWorkspace(service);
    const path = `/${++paths}`;
    receiver.on(path, (request, response) =>
      ++calls === 1 ? void response.destroy() : answer(200)(request, response),
    );
    const { id } = await workspace.webhook({ url: receiver.url + path, retry_policy: [1] });
    await workspace.publish({ event: "ticket.created", data: {} });
    const { status, attempts } = await workspace.attempted(id, 2);
    console.log(`hung up: ${attempts[0]?.error}`);
    expect(attempts[0]?.status).toBeNull();
    expect(ERRORS).toContain(attempts[0]?.error);
    expect(status).toBe("delivered");
  });
});

async function closedPort(): Promise<string> {
  const other = await startReceiver();
  await other.close();
  return other.url;
}
