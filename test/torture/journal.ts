import { realNow } from "../model/clock.ts";

/**
 * What the harness itself has seen: the promise is checked against this, and against nothing that the service says of itself.
 * Moments are milliseconds since 1970 by the real clock, whatever the service's clock has been set to.
 */

/** One event that was published, or called back by a provider, from its first try on. */
export interface Published {
  workspace: number;
  /** Whether it counts as used: what comes in through sources does not. */
  counts: boolean;
  /** Its number in the run, which it carries. */
  n: number;
  type: string;
  /** When it was first tried. */
  sentAt: number;
  /** When it was answered 202, or a provider's 200; it was tried again until it was. Undefined: its workspace went before. */
  acceptedAt: number | undefined;
  /** When it was answered the last time that it was published once more; left out if it never was. */
  againUntil?: number;
  /** What it was answered to be called; undefined of what a provider called back. */
  id: string | undefined;
}

/** One request at a receiver. */
export interface Arrived {
  webhook: string;
  n: number;
  /** Its id, by which repeated deliveries are told. */
  delivery: string;
  /** What it was answered; null if nobody answered. */
  status: number | null;
  /** Whether the whole answer was given, and in time. */
  whole: boolean;
  at: number;
}

/** A stretch of time. */
export interface Stretch {
  from: number;
  to: number;
}

/** An idempotency key is remembered for a day. */
const KEY_LIVES_MS = 24 * 3_600_000;
/** A source goes on publishing what it has accepted for that long, in milliseconds, where the answers to it are lost. */
const PASSED_ON_MS = 20_000;

/** What was held for a webhook while it was paused, in the order in which its log has it, and when it was let go. */
export interface Held {
  webhook: string;
  deliveries: string[];
  resumedAt: number;
}

export class Journal {
  readonly published: Published[] = [];
  readonly arrived: Arrived[] = [];
  /** When nothing might be sent to a webhook: from when the change was answered to when the one that ended it was begun. */
  readonly paused: (Stretch & { webhook: string })[] = [];
  readonly held: Held[] = [];
  /** When the whole runtime was cut off. */
  readonly cuts: Stretch[] = [];
  /** When an object was reset, or an answer of a courier lost, by what it is called: its class and its name. */
  readonly cutsOf = new Map<string, number[]>();
  /** When somebody asked for a delivery to be sent again: from before the request to after its answer. */
  readonly sentAgain: (Stretch & { delivery: string })[] = [];
  /** When the service's clock was set ahead, and by how many milliseconds. */
  readonly jumps: { at: number; ms: number }[] = [];
  /** What must never happen, in sentences. */
  readonly wrong = new Set<string>();
  /** Publishes and callbacks that were not accepted at once, by what they were answered. */
  readonly refused = new Map<string, number>();

  publish(workspace: number, counts: boolean, type: string): Published {
    const n = this.published.length;
    const event = { workspace, counts, n, type, sentAt: realNow(), acceptedAt: undefined, id: undefined };
    this.published.push(event);
    return event;
  }

  refuse(how: string): void {
    this.refused.set(how, (this.refused.get(how) ?? 0) + 1);
  }

  /** Notes that one object was cut off, by the real clock. */
  cutOff({ class: ofClass, name, how, at }: { class: string; name: string; how: string; at: number }): void {
    // An answer that is lost takes nothing with it, but for a courier's, who alone knows how its attempts went.
    if (how === "lost" && ofClass !== "Courier") return;
    // What a courier does it does for the endpoint that it is called after.
    const of = `${ofClass} ${ofClass === "Courier" ? name.split("/")[0] : name}`;
    const before = this.cutsOf.get(of);
    if (before) before.push(at);
    else this.cutsOf.set(of, [at]);
  }

  /** Notes a cut of the whole runtime from now until the work is done. */
  async cutting<T>(work: () => Promise<T>): Promise<T> {
    const cut = { from: realNow(), to: Number.POSITIVE_INFINITY };
    this.cuts.push(cut);
    try {
      return await work();
    } finally {
      cut.to = realNow();
    }
  }

  /** Whether the clock was set ahead so far since an event was first sent that its key may be forgotten by now. */
  mayBeForgotten({ sentAt }: Published): boolean {
    const since = this.jumps.filter(({ at }) => at >= sentAt);
    return since.reduce((sum, { ms }) => sum + ms, 0) > KEY_LIVES_MS / 2;
  }

  /** What was sent so late that its key must be known. */
  remembered(): Published[] {
    const first = this.published.findLastIndex((event) => this.mayBeForgotten(event));
    return this.published.slice(first + 1);
  }

  /** Whether the clock was set ahead so far, while somebody still published the event, that its key was forgotten. */
  isForgotten({ sentAt, acceptedAt = Number.POSITIVE_INFINITY, againUntil = 0, counts }: Published): boolean {
    const until = Math.max(acceptedAt + (counts ? 0 : PASSED_ON_MS), againUntil);
    const within = this.jumps.filter(({ at }) => at >= sentAt && at <= until);
    return within.reduce((sum, { ms }) => sum + ms, 0) > KEY_LIVES_MS / 2;
  }
}
