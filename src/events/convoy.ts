import type { Arrival } from "./contract.ts";
import type { Load, Way } from "./way.ts";

/** Ways that are handed the same, by one call of a relay. Each has a load of its own, as it may be up to another row. */
export type Convoy = { arrivals: Arrival[]; length: number; members: Member[] };
export type Member = { way: Way; load: Load };

/** When ways go together, and how many. */
export type Sizes = {
  /** So many wait before a relay is sent. */
  crowd: number;
  /** Fewer that are handed the same go by themselves: a call of a relay is billed, and takes its time. */
  least: number;
  /** Calls that one relay makes for a stream, and ways that are looked at in one turn, at most. */
  most: number;
  /** Relays that those who wait are divided among, as far as each gets {@link least}. */
  relays: number;
};

/** @param crowd the deployment's RELAYS_FROM */
export const sizes = (crowd: number): Sizes => ({ crowd, least: Math.min(200, crowd), most: 1000, relays: 100 });

/**
 * Divides ways into those that are handed the same together, and those that go by themselves.
 * @param all no more than `most`
 * @param waiting how many wait with them, they included
 */
export function divided(all: readonly Member[], waiting: number, { least, most, relays }: Sizes): Divided {
  const convoys: Convoy[] = [];
  const alone: Way[] = [];
  const size = Math.min(most, Math.max(least, Math.ceil(waiting / relays)));
  for (const party of parties(all)) {
    const [first] = party;
    if (!first || first.load.arrivals.length === 0 || party.length < least) {
      alone.push(...party.map(({ way }) => way));
      continue;
    }
    const { arrivals, length } = first.load;
    const count = Math.max(1, Math.floor(party.length / size));
    for (let n = 0; n < count; n++) {
      const members = party.slice(Math.floor((n * party.length) / count), Math.floor(((n + 1) * party.length) / count));
      convoys.push({ arrivals, length, members });
    }
  }
  return { convoys, alone };
}

export type Divided = { convoys: Convoy[]; alone: Way[] };

/** Those that are handed the same events. */
function parties(all: readonly Member[]): Member[][] {
  const byKey = new Map<string, Member[][]>();
  for (const member of all) {
    const { arrivals, length } = member.load;
    // Most that differ do so in this; what does not is compared in full, one by one.
    const key = `${arrivals.length} ${length} ${arrivals[0]?.position} ${arrivals.at(-1)?.position}`;
    const known = byKey.get(key) ?? [];
    const party = known.find(([first]) => first && areSame(first.load.arrivals, arrivals));
    if (party) party.push(member);
    else byKey.set(key, [...known, [member]]);
  }
  return [...byKey.values()].flat();
}

const areSame = (some: readonly Arrival[], others: readonly Arrival[]): boolean =>
  some.length === others.length && some.every(({ position }, at) => position === others[at]?.position);
