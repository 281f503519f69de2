import type { FaultName } from "./faults.ts";
import type { Result } from "./torture.ts";

/** What a run has broken at least for its verdict to mean something. */
export const WHOLE = { kills: 300, resets: 3000, events: 200_000, each: 50 } as const;
/** Each of them has to have been reset. */
const CLASSES = ["Courier", "Endpoint", "EventStream", "Relay", "Source"];

/** What is short of that, in sentences. */
export function shortOf({ kills, struck, faults, verdict }: Result, expected: readonly FaultName[]): string[] {
  const resets = [...struck].filter(([name]) => name.startsWith("reset: "));
  const sum = resets.reduce((all, [, times]) => all + times, 0);
  const found: string[] = [];
  if (kills < WHOLE.kills) found.push(`${kills} kills, not ${WHOLE.kills}`);
  if (sum < WHOLE.resets) found.push(`${sum} resets, not ${WHOLE.resets}`);
  if (verdict.accepted < WHOLE.events) found.push(`${verdict.accepted} events, not ${WHOLE.events}`);
  const some = {
    delivered: verdict.delivered,
    expired: verdict.expired,
    held: verdict.held,
    duplicates: verdict.duplicates.size,
  };
  for (const [name, times] of Object.entries(some)) if (times === 0) found.push(`nothing ${name}`);
  for (const name of expected) {
    const times = faults.get(name) ?? 0;
    if (times < WHOLE.each) found.push(`${times} times "${name}", not ${WHOLE.each}`);
  }
  for (const each of CLASSES) {
    if (!resets.some(([name]) => name.startsWith(`reset: ${each} `))) found.push(`no ${each} was reset`);
  }
  return found;
}
