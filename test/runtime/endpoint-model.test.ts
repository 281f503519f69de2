import { env, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HandClock, HandState } from "./by-hand.ts";
import { type Delivery, EndpointReference, type How, type Rules } from "./endpoint-reference.ts";
import { EndpointWorld } from "./endpoint-world.ts";
import { withMore } from "./quiet.ts";

/**
 * Histories of an endpoint, thousands of them and each short, against a reference of a page (endpoint-reference.ts). One that
 * goes wrong is shrunk to the fewest steps that do.
 */

const HISTORIES = 4000;
/** The same histories each time: a change that breaks one is known by it. Others are found by another seed, and more of them. */
const SEED = 1;
/** An object that ended so often while it was at work on a parcel has the parcel fail: not with so few of them. */
const CRASHES = 4;
const RULES = { schedule: [1, 5, 30, 300], probes: 3 };

type Real = EndpointWorld;
type Command = fc.AsyncCommand<Model, Real>;

/** With what the reference need not know: it has how often things were lost. */
class Model extends EndpointReference {
  lost = 0;
}

/** How often something came about in all the histories: what never does is not tested. */
const seen = new Map<string, number>();
const see = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);

const command = (
  name: string,
  check: (model: Model) => boolean,
  run: (model: Model, real: Real) => Promise<void>,
): Command => ({
  check,
  run: async (model, real) => {
    see(name.replace(/ .*/, ""));
    await run(model, real);
    if (model.failing) see("failing");
    if (model.status === "disabled") see("disabled");
  },
  toString: () => name,
});

const always = () => true;
const nth = <T>(all: readonly T[], number: number): T[] => {
  const from = number % Math.max(1, all.length);
  return all.slice(from, from + 1);
};

const failed: How = { kind: "failed", asksMs: 0, gone: false };
const how: fc.Arbitrary<How & { lost?: boolean }> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "delivered" as const }) },
  { weight: 4, arbitrary: fc.constant(failed) },
  { weight: 1, arbitrary: fc.constantFrom(2000, 60_000).map((asksMs) => ({ ...failed, asksMs })) },
  { weight: 1, arbitrary: fc.constant({ kind: "fault of ours" as const }) },
  { weight: 2, arbitrary: fc.boolean().map((lost) => ({ kind: "not attempted" as const, lost })) },
  { weight: 1, arbitrary: fc.constant({ ...failed, gone: true }) },
);

const handOver = fc
  .record({ stream: fc.constantFrom(0, 0, 0, 1), count: fc.integer({ min: 1, max: 3 }), again: fc.nat(2) })
  .map(({ stream, count, again }) =>
    command(`handOver ${stream}: ${count}+${again}`, always, (_, real) => real.handOver(stream, count, again)),
  );

const end = fc.record({ which: fc.nat(9), many: fc.constantFrom(1, 1, 1, 9), how }).map(({ which, many, how }) =>
  command(
    `end ${which} ${many} ${JSON.stringify(how)}`,
    (model) => model.underWay.length > 0 && (!how.lost || (many === 1 && model.lost < CRASHES)),
    async (model, real) => {
      if (how.lost) model.lost++;
      await real.end(many === 1 ? nth(model.underWay, which) : model.underWay, how);
    },
  ),
);

/** Whatever goes out fails, for some rounds. */
const outage = fc.integer({ min: 1, max: 8 }).map((rounds) =>
  command(
    `outage ${rounds}`,
    (model) => model.status === "active" && model.underWay.length > 0,
    async (model, real) => {
      for (let round = 0; round < rounds && model.status === "active"; round++) {
        if (model.underWay.length > 0) await real.end(model.underWay, failed);
        await real.ring();
      }
    },
  ),
);

const pass = fc
  .constantFrom(300, 1000, 3000, 10_000, 400_000)
  .map((ms) => command(`pass ${ms}`, always, (_, real) => real.pass(real.now + ms)));
/** Everything rings late. */
const hour = fc.constant(command("hour", always, (_, real) => real.leap(3_600_001)));
const ring = fc.constant(
  command("ring", always, async (_, real) => {
    await real.ring();
  }),
);
const crash = fc.boolean().map((noticed) =>
  command(
    `crash ${noticed ? "noticed" : ""}`,
    (model) => model.lost < CRASHES,
    async (model, real) => {
      model.lost++;
      await real.crash(noticed);
    },
  ),
);
const pause = fc.constant(
  command(
    "pause",
    (model) => model.status === "active",
    async (model, real) => {
      model.paused();
      await real.change({ status: "paused" });
    },
  ),
);
const resume = fc.constant(
  command(
    "resume",
    (model) => model.status !== "active",
    async (model, real) => {
      model.resumed(real.now);
      await real.change({ status: "active" });
    },
  ),
);
const edit = fc.constant(
  command(
    "edit",
    (model) => model.status === "active",
    async (model, real) => {
      model.changed(real.now);
      await real.change({});
    },
  ),
);
const move = fc.constant(
  command(
    "move",
    (model) => model.status === "active",
    async (model, real) => {
      model.moved(real.now);
      await real.change({ url: `${real.config.url}a` });
    },
  ),
);
const probe = fc.constant(
  command("probe", always, async (model, real) => {
    model.probedNow(real.now);
    await real.probe();
  }),
);
const sendAgain = fc.nat(9).map((which) =>
  command(`sendAgain ${which}`, always, async (model, real) => {
    for (const { event } of nth(
      model.all.filter((each) => real.isKnown(each)),
      which,
    )) {
      model.sentAgain(event, real.now);
      await real.sendAgain(event);
    }
  }),
);
const look = fc.constant(
  command("look", always, async (model, real) => {
    const listed = await real.look();
    expect(listed).toEqual(said(model.all));
  }),
);

/** As the API says it. */
const said = (all: readonly Delivery[]) =>
  new Map(all.map(({ event, state, attempts }) => [event, { state: state === "open" ? "pending" : state, attempts }]));

const commands = fc.commands(
  [
    fc.oneof(
      { weight: 6, arbitrary: handOver },
      { weight: 9, arbitrary: end },
      { weight: 3, arbitrary: outage },
      { weight: 3, arbitrary: pass },
      { weight: 1, arbitrary: hour },
      { weight: 3, arbitrary: ring },
      { weight: 2, arbitrary: crash },
      { weight: 1, arbitrary: pause },
      { weight: 2, arbitrary: resume },
      { weight: 1, arbitrary: edit },
      { weight: 2, arbitrary: move },
      { weight: 1, arbitrary: probe },
      { weight: 2, arbitrary: sendAgain },
      { weight: 1, arbitrary: look },
    ),
  ],
  { maxCommands: 25, size: "max" },
);

/** The receiver is well, and nobody calls but the stream: whatever is left is done by the alarm. */
async function drain(model: Model, real: Real): Promise<void> {
  if (model.status !== "active") {
    model.resumed(real.now);
    await real.change({ status: "active" });
  }
  for (let round = 0; ; round++) {
    if (round > 300) throw new Error("It comes to no end");
    if (model.underWay.length > 0) await real.end(model.underWay, { kind: "delivered" });
    else if (real.unstored) {
      await real.learn();
      await real.pass(real.now + 2000);
    } else if (model.waiting.length > 0) await real.ring();
    else if (model.all.some(({ told }) => told)) await real.pass(real.now + 2000);
    else break;
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an endpoint, in whatever order things happen to it,", () => {
  it("sends what it may, when it may, keeps what it has said to be stored, and comes to an end with all of it", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const seed = SEED;
    const deployed = withMore({
      RETENTION_DAYS: "3650",
      EVENT_STREAM: { getByName: () => ({ publish: async () => ({ ok: true, events: [] }) }) },
      // It knows nothing of the workspace that alerts are published to.
      DB: {
        prepare: () => ({ bind: () => ({}) }),
        batch: async (all: unknown[]) => all.map(() => ({ success: true, results: [] })),
      },
    });
    let histories = 0;
    await runInDurableObject(env.ENDPOINT.getByName("wh_by_hand"), async (_, state) => {
      const clock = new HandClock(0);
      const host = new HandState(state);
      const rules = fc.constantFrom(1, 3, null).map((most): Rules => ({ ...RULES, most }));
      try {
        await fc.assert(
          fc.asyncProperty(rules, commands, async (rules, commands) => {
            const model = new Model(rules);
            const real = new EndpointWorld(model, clock, host, deployed);
            await fc.asyncModelRun(() => ({ model, real }), commands);
            await drain(model, real);
            expect(model.all.filter(({ state }) => state === "open")).toEqual([]);
            expect(await real.look()).toEqual(said(model.all));
            if (++histories % 50 === 0) await clock.breathe();
          }),
          { numRuns: HISTORIES, seed },
        );
      } finally {
        clock.letGo();
      }
    });
    expect(histories).toBeGreaterThanOrEqual(HISTORIES);
    for (const each of ["failing", "disabled", "resume", "crash", "sendAgain"]) {
      expect(seen.get(each) ?? 0, each).toBeGreaterThan(HISTORIES / 50);
    }
  });
});
