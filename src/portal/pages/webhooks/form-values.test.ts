import { describe, expect, it } from "vitest";
import { BLANK, changesOf, faultsIn, fieldsOf, patternsOf, typedIn, typedOf, type Webhook } from "./form-values.ts";

const WEBHOOK: Webhook = {
  id: "wh_1",
  name: "Orders",
  description: null,
  url: "https://a.example/hooks",
  events: ["ticket.*", "cases.tasks.*"],
  status: "active",
  disabled_reason: null,
  dialect: "gopimi",
  headers: { Authorization: "••••" },
  retry_policy: [30, 120, 480, 1920, 7680],
  disable_on_gone: false,
  timeout_ms: 5000,
  max_concurrency: null,
  disable_after: { failures: 10, seconds: 432_000 },
  channels: [],
  survey: null,
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
};
const paths = (typed: Partial<typeof BLANK>) => faultsIn({ ...BLANK, ...typed }).map(({ path }) => path);

describe("what is typed", () => {
  it("is read from a form, empty rows of headers left out", () => {
    const form = new FormData();
    for (const [name, value] of [
      ["url", " https://a.example "],
      ["which", "some"],
      ["event", "ticket.created"],
      ["event", "sla.*"],
      ["custom", "order.*\ncases.closed cases.created"],
      ["dialect", "standard"],
      ["header_name", "X-A"],
      ["header_value", "1"],
      ["header_name", ""],
      ["header_value", ""],
      ["retries", "1 min"],
      ["timeout", "2.5"],
      ["concurrency", "4"],
      ["disabling", "own"],
      ["probes", "20"],
      ["silence", "2 d"],
      ["channels", "east, west"],
      ["secret", "not kept"],
    ] as const)
      form.append(name, value);
    const typed = typedIn(form);
    expect(JSON.stringify(typed)).not.toContain("not kept");
    expect(typed.dialect).toBe("standard");
    expect(fieldsOf(typed)).toEqual({
      url: "https://a.example",
      name: null,
      description: null,
      events: ["ticket.created", "sla.*", "order.*", "cases.closed", "cases.created"],
      headers: { "X-A": "1" },
      retry_policy: [60],
      timeout_ms: 2500,
      disable_on_gone: null,
      max_concurrency: 4,
      disable_after: { failures: 20, seconds: 172_800 },
      channels: ["east", "west"],
    });
  });

  it("subscribes to nothing twice", () => {
    expect(patternsOf({ all: false, chosen: ["ticket.*", "ticket.created"], custom: "ticket.a.*" })).toEqual([
      "ticket.*",
    ]);
    expect(patternsOf({ all: true, chosen: ["ticket.*"], custom: "" })).toEqual(["*"]);
  });

  it("has its faults named", () => {
    expect(paths({})).toEqual(["url", "events"]);
    const sound = { url: "https://a.example", all: true };
    expect(paths(sound)).toEqual([]);
    expect(paths({ ...sound, retries: "soon" })).toEqual(["retry_policy"]);
    expect(paths({ ...sound, retries: "2 d" })).toEqual(["retry_policy"]);
    expect(paths({ ...sound, timeout: "31" })).toEqual(["timeout_ms"]);
    expect(paths({ ...sound, concurrency: "many" })).toEqual(["max_concurrency"]);
    const own = { ...sound, disabling: "own" } as const;
    expect(paths({ ...own, probes: "3" })).toEqual([]);
    expect(paths({ ...own, probes: "0", silence: "366 d" })).toEqual([
      "disable_after.failures",
      "disable_after.seconds",
    ]);
    expect(paths({ ...sound, probes: "0" })).toEqual([]);
    const twice = { name: "X-A", value: "1" };
    expect(paths({ ...sound, headers: [twice, twice, { name: "", value: "2" }] })).toEqual(["headers.", "headers.X-A"]);
  });

  it("is what a webhook has, and changes nothing then", () => {
    const typed = typedOf(WEBHOOK, new Set(["ticket.*"]));
    expect(typed).toMatchObject({ chosen: ["ticket.*"], custom: "cases.tasks.*", retries: "", timeout: "5 s" });
    expect(changesOf(typed, WEBHOOK)).toEqual({});
  });

  it("changes what is another now", () => {
    const typed = typedOf(WEBHOOK, new Set(["ticket.*"]));
    expect(changesOf({ ...typed, name: "", timeout: "", chosen: [] }, WEBHOOK)).toEqual({
      name: null,
      timeout_ms: null,
      events: ["cases.tasks.*"],
    });
    expect(changesOf({ ...typed, disabling: "never", concurrency: "1" }, WEBHOOK)).toEqual({
      disable_after: null,
      max_concurrency: 1,
    });
    const never = { ...WEBHOOK, disable_after: null };
    expect(changesOf({ ...typedOf(never, new Set(["ticket.*"])), disabling: "" }, never)).toEqual({
      disable_after: "default",
    });
    const anew = { ...typed, keepHeaders: false, headers: [{ name: "X-A", value: "1" }] };
    expect(changesOf({ ...anew, retries: "none", verifyToken: "t" }, WEBHOOK)).toEqual({
      headers: { "X-A": "1" },
      retry_policy: [],
      verify_token: "t",
    });
  });
});
