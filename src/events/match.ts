import { covers } from "../lib/pattern.ts";

/** Which subscriptions an event meets. */

/** The parts of a subscription that decide. */
export type Interest = { events: readonly string[]; channels: readonly string[] };

/** Of an event's channels, those that an interest listens to; all of them if it listens to all. */
export function heard(channels: readonly string[], interest: Pick<Interest, "channels">): readonly string[] {
  return interest.channels.length === 0 ? channels : channels.filter((each) => interest.channels.includes(each));
}

/** Whether an interest listens to any of an event's channels. */
export const listens = (channels: readonly string[], interest: Pick<Interest, "channels">): boolean =>
  interest.channels.length === 0 || interest.channels.some((each) => channels.includes(each));

/** Whether an event meets an interest. */
export const meets = (interest: Interest, type: string, channels: readonly string[]): boolean =>
  interest.events.some((each) => covers(each, type)) && listens(channels, interest);

/**
 * Subscriptions with a memory: a workspace has few types and publishes them over and over, so each type's patterns are
 * tried once.
 */
export class SubscriptionIndex<Subscription extends Interest> {
  readonly all: readonly Subscription[];
  readonly #byType = new Map<string, Subscription[]>();

  constructor(all: readonly Subscription[]) {
    this.all = all;
  }

  match(type: string, channels: readonly string[]): Subscription[] {
    let covering = this.#byType.get(type);
    if (!covering) {
      covering = this.all.filter((each) => each.events.some((pattern) => covers(pattern, type)));
      // Types come from outside: a workspace that invents one per event must not fill the memory.
      if (this.#byType.size >= 1000) this.#byType.clear();
      this.#byType.set(type, covering);
    }
    return covering.filter((each) => listens(channels, each));
  }
}
