import type { Result } from "./torture.ts";

/** Sentences of one kind that are printed; the rest is a number. */
const SHOWN = 20;

function list(title: string, all: readonly string[], shown = SHOWN): string[] {
  const more = all.length > shown ? [`  and ${all.length - shown} more`] : [];
  return all.length === 0 ? [] : [title, ...all.slice(0, shown).map((each) => `  ${each}`), ...more];
}

/** How many each has lost, whose sentences begin with its path. */
function byWebhook(lost: readonly string[]): string[] {
  const paths = Map.groupBy(lost, (each) => each.slice(0, each.indexOf(":")));
  return [...paths].map(([path, all]) => `${path}: ${all.length}, from "${all[0]}" to "${all.at(-1)}"`);
}

/** How long after what they explain the cuts came: that much is what one has to believe. */
function explained(cutAfter: readonly number[]): string[] {
  const sorted = cutAfter.toSorted((a, b) => a - b);
  const of = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  if (sorted.length === 0) return [];
  return [
    `cuts explain what was requested up to ${of(0.5)} ms before them (half), ${of(0.99)} (99 of 100), ${of(1)} (all)`,
  ];
}

/** What struck, what became of the events, and what is lost or wrong. */
export function report({ faults, kills, struck, refused, verdict }: Result): string {
  const byKind = Map.groupBy(struck, ([name]) => name.slice(0, name.indexOf(":")));
  const kinds = [...byKind].map(([kind, places]) => {
    const times = places.reduce((sum, [, each]) => sum + each, 0);
    // `reset: Endpoint accept`: of which class, where it is one's.
    const classes = Map.groupBy(places, ([name]) => name.slice(kind.length + 2).split(" ")[0]);
    const each = [...classes].map(([of, some]) => `${of} ${some.reduce((sum, [, times]) => sum + times, 0)}`).sort();
    return `${kind}: ${times} times at ${places.length} places (${each.join(", ")})`;
  });
  const {
    accepted,
    delivered,
    exhausted,
    unheard,
    expired,
    ofDeleted,
    deleted,
    held,
    duplicates,
    unlogged,
    unseen,
    cutAfter,
    lost,
    wrong,
  } = verdict;
  return [
    ...list(
      "faults",
      [...faults].sort().map(([name, times]) => `${String(times).padStart(5)}  ${name}`),
      faults.size,
    ),
    `kills ${kills}`,
    ...list("at random", kinds),
    ...list(
      "publishes and callbacks not accepted, all tried again",
      [...refused].map(([how, times]) => `${how}: ${times}`),
    ),
    `accepted ${accepted} events, of which ${ofDeleted} of workspaces that were deleted; ${deleted} webhooks were deleted`,
    `deliveries: delivered ${delivered}, exhausted ${exhausted} (${unheard} never came as far as the receiver), expired ${expired}; held and in order ${held}`,
    ...list(
      "duplicates",
      [...duplicates].map(([why, times]) => `${String(times).padStart(5)}  ${why}`),
    ),
    `requests that the log does not have ${unlogged}, attempts that nobody saw ${unseen}`,
    ...explained(cutAfter),
    `lost ${lost.length}, wrong ${wrong.length}`,
    ...list("lost, by webhook", byWebhook(lost)),
    ...list("lost", lost),
    ...list("wrong", wrong),
  ].join("\n");
}
