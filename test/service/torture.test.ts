import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { root } from "../../src/local/wrangler.ts";
import { FAULT_NAMES } from "../torture/faults.ts";
import { newWorld } from "../torture/new-world.ts";
import { torture } from "../torture/torture.ts";
import type { World } from "../torture/world.ts";

/** The short form of `npm run torture` (docs/reliability.md): the faults by turns, for as long as a test may take. */

const SEED = 3;
/** At least; and on until all of {@link KINDS} have struck, which a busy machine puts off. */
const LASTS_MS = 20_000;
const KINDS = ["reset", "lost", "d1", "d1Lost"];

const kindsOf = (struck: ReadonlyMap<string, number>) => {
  return new Set([...struck.keys()].map((name) => name.slice(0, name.indexOf(":"))));
};

const dir = mkdtempSync(join(tmpdir(), "posthorn-torture-"));
let world: World | undefined;

afterAll(async () => {
  await world?.service.stop();
  rmSync(dir, { recursive: true, force: true });
});

it("loses nothing of what it has accepted, and does nothing that it must not, whatever breaks", async () => {
  world = await newWorld(join(root, "dist/model/worker.js"), dir, SEED);
  const { verdict, kills, faults, struck } = await torture(world, {
    faults: FAULT_NAMES,
    ms: LASTS_MS,
    isEnough: ({ kills, struck }) => kills > 0 && KINDS.every((kind) => kindsOf(struck).has(kind)),
    say: () => {},
  });
  expect({ lost: verdict.lost, wrong: verdict.wrong }).toEqual({ lost: [], wrong: [] });
  // It has had something to lose, and has seen what arrived.
  expect(verdict.accepted).toBeGreaterThan(0);
  expect(verdict.delivered).toBeGreaterThan(0);
  expect(kills).toBeGreaterThan(0);
  expect(faults.size).toBeGreaterThan(0);
  expect(kindsOf(struck)).toEqual(new Set(KINDS));
});
