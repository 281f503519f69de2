import { env, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as convoy from "../../src/events/convoy.ts";
import { HandClock, HandState } from "./by-hand.ts";
import { withMore } from "./quiet.ts";
import { type Publication, StreamReference } from "./stream-reference.ts";
import { MANNERS, RELAY_MANNERS, STEPS, StreamWorld } from "./stream-world.ts";

/**
 * Histories of a workspace's stream, thousands of them and each short, against a reference of a page (stream-reference.ts).
 * One that goes wrong is shrunk to the fewest steps that do.
 */

const HISTORIES = 4000;
/** Of those in which two endpoints are many, so that they are called by a relay. */
const RELAYED_HISTORIES = 2000;
/** The same histories each time: a change that breaks one is known by it. Others are found by another seed, and more of them. */
const SEED = 1;
const ENDPOINTS = ["wh_a", "wh_b", "wh_c"];
const TYPES = ["ticket.created", "ticket.closed", "call"];
const DAY_MS = 24 * 3600 * 1000;

type Model = StreamReference;
type Real = StreamWorld;
type Command = fc.AsyncCommand<Model, Real>;

/** How often something came about in all the histories: what never does is not tested. */
const seen = new Map<string, number>();

const command = (
  name: string,
  check: (model: Model) => boolean,
  run: (model: Model, real: Real) => Promise<void>,
): Command => ({
  check,
  run: async (model, real) => {
    const kind = name.replace(/ .*/, "");
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    await run(model, real);
  },
  toString: () => name,
});

const always = () => true;

const publication: fc.Arbitrary<Publication> = fc.record({
  type: fc.constantFrom(...TYPES),
  data: fc.constantFrom("1", "1", "1", "2"),
  key: fc.constantFrom(null, null, null, "k", "l"),
});
const calls = fc.array(fc.array(publication, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 });

const publish = calls.map((calls) =>
  command(`publish ${JSON.stringify(calls)}`, always, (_, real) => real.publish(calls)),
);
const publishAndCrash = fc
  .record({ calls, steps: fc.nat(STEPS) })
  .map(({ calls, steps }) =>
    command(`publishAndCrash ${steps} ${JSON.stringify(calls)}`, always, (_, real) => real.publish(calls, steps)),
  );
const endpoint = fc.constantFrom(...ENDPOINTS);
const subscribe = fc
  .record({ endpoint, types: fc.constantFrom(["*"], ["*"], ["ticket.*"], ["call"], ["ticket.closed", "call"], null) })
  .map(({ endpoint, types }) =>
    command(
      `subscribe ${endpoint} ${types}`,
      // What was deleted does not come again.
      (model) => model.endpoints.get(endpoint)?.types !== null && (types !== null || model.endpoints.has(endpoint)),
      async (_, real) => {
        if (!real.d1Away) await real.subscribe(endpoint, types);
      },
    ),
  );
const behave = fc.record({ endpoint, manner: fc.constantFrom(...MANNERS) }).map(({ endpoint, manner }) =>
  command(
    `behave ${endpoint} ${manner}`,
    (model) => model.endpoints.has(endpoint),
    async (_, real) => {
      const played = real.played.get(endpoint);
      if (played) played.manner = manner;
    },
  ),
);
const act = fc
  .record({ endpoint, what: fc.constantFrom("save" as const, "release" as const, "crash" as const) })
  .map(({ endpoint, what }) =>
    command(
      `endpoint ${endpoint} ${what}`,
      (model) => model.endpoints.has(endpoint),
      async (_, real) => {
        real.played.get(endpoint)?.[what]();
        await real.rest();
      },
    ),
  );
const pass = fc
  .constantFrom(100, 400, 1500, 10_000, 70_000)
  .map((ms) => command(`pass ${ms}`, always, (_, real) => real.pass(real.now + ms)));
/** The platform is away for a day: keys end, and whatever was to ring rings late. */
const day = fc.constant(command("day", always, (_, real) => real.leap(DAY_MS)));
const ring = fc.constant(command("ring", always, (_, real) => real.pass(real.alarm ?? real.now)));
const crash = fc.boolean().map((d1Away) =>
  command(`crash ${d1Away ? "with D1" : ""}`, always, async (_, real) => {
    real.d1Away ||= d1Away;
    await real.crash();
  }),
);
const d1IsBack = fc.constant(
  command("d1IsBack", always, async (_, real) => {
    real.d1Away = false;
  }),
);

const relays = fc.constantFrom(...RELAY_MANNERS).map((manner) =>
  command(`relays ${manner}`, always, async (_, real) => {
    real.relays = manner;
  }),
);

const commands = fc.commands(
  [
    fc.oneof(
      { weight: 1, arbitrary: relays },
      { weight: 6, arbitrary: publish },
      { weight: 2, arbitrary: publishAndCrash },
      { weight: 4, arbitrary: subscribe },
      { weight: 5, arbitrary: behave },
      { weight: 4, arbitrary: act },
      { weight: 3, arbitrary: pass },
      { weight: 3, arbitrary: ring },
      { weight: 1, arbitrary: day },
      { weight: 2, arbitrary: crash },
      { weight: 1, arbitrary: d1IsBack },
    ),
  ],
  { maxCommands: 25, size: "max" },
);

/** All are well, and nobody calls: whatever is left is done by the alarm. */
async function drain(model: Model, real: Real): Promise<void> {
  real.d1Away = false;
  real.relays = "well";
  for (const played of real.played.values()) {
    played.manner = "stores";
    played.save();
    played.release();
  }
  await real.rest();
  for (let round = 0; model.missing.length > 0; round++) {
    if (round > 100) throw new Error(`It comes to no end: ${model.missing}`);
    await real.pass(real.alarm ?? real.now);
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

/**
 * @param begin endpoints that subscribe to everything before anything else happens
 * @returns how often relays were sent to an endpoint
 */
async function live(
  name: string,
  runs: number,
  begin: readonly string[],
): Promise<{ histories: number; relayed: number }> {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const deployed = withMore({ RETENTION_DAYS: "3650" });
  let histories = 0;
  let relayed = 0;
  await runInDurableObject(env.EVENT_STREAM.getByName(name), async (_, state) => {
    const clock = new HandClock(0);
    const host = new HandState(state);
    try {
      await fc.assert(
        fc.asyncProperty(commands, async (commands) => {
          const model = new StreamReference();
          const real = new StreamWorld(model, clock, host, deployed);
          for (const each of begin) await real.subscribe(each, ["*"]);
          await fc.asyncModelRun(() => ({ model, real }), commands);
          await drain(model, real);
          expect(await real.list()).toEqual(model.events.map(({ id }) => id));
          relayed += real.relayed;
          if (++histories % 50 === 0) await clock.breathe();
        }),
        { numRuns: runs, seed: SEED },
      );
    } finally {
      clock.letGo();
    }
  });
  return { histories, relayed };
}

describe("a stream of events, in whatever order things happen to it and its endpoints,", () => {
  it("stores each event once, and hands it to all who subscribe, in order, until they have stored it", async () => {
    const { histories, relayed } = await live("990001", HISTORIES, ["wh_a"]);
    expect(histories).toBeGreaterThanOrEqual(HISTORIES);
    for (const each of ["publishAndCrash", "subscribe", "endpoint", "crash", "ring"]) {
      expect(seen.get(each) ?? 0, each).toBeGreaterThan(HISTORIES / 50);
    }
    // So few need none.
    expect(relayed).toBe(0);
  });

  it("does so by relays, too, whatever happens to them", async () => {
    vi.spyOn(convoy, "sizes").mockReturnValue({ crowd: 2, least: 2, most: 3, relays: 1 });
    const { histories, relayed } = await live("990002", RELAYED_HISTORIES, ENDPOINTS);
    expect(histories).toBeGreaterThanOrEqual(RELAYED_HISTORIES);
    expect(relayed).toBeGreaterThan(RELAYED_HISTORIES * 5);
  });
});
