import type { Subscription } from "../config/endpoints.ts";
import type { Arrival } from "./contract.ts";

/** What one row has for an endpoint. */
type Share = { seq: number; arrivals: Arrival[]; length: number };

/** What one call hands over. */
export type Load = { arrivals: Arrival[]; upTo: number; length: number };

/** In memory for one endpoint, at most so many rows and UTF-16 units; what goes beyond is read from storage in its turn. */
const MAX_ROWS = 100;
const MAX_LENGTH = 1_000_000;

/**
 * One endpoint's way from the stream: what it is still to be handed, and how far it has come. One call at a time hands
 * over all that has come up to then.
 */
export class Way {
  subscription: Subscription;
  /** Every row up to this one was handed over. */
  handed: number;
  /** Every row up to this one is on the endpoint's disk. */
  stored: number;
  /** Of the last event handed over. */
  position = 0;
  /** When the call that is under way began, in milliseconds since 1970. */
  callingSince: number | undefined;
  /** Whether that is a relay's, which says by itself if the endpoint is slow. */
  relayed = false;
  /** When the last one ended. */
  calledAt = 0;
  /** Whether its calls take so long that they are not to be in the way of others. */
  slow = false;
  /** Whether it waits for its turn. */
  queued = false;
  /** Whether it waits for another try: no turn is for it until then. */
  resting = false;
  /** Whether the endpoint is being asked to say when it has stored what it was handed. */
  confirming = false;
  /** Calls that have failed one after another, and when to try again, in milliseconds since 1970. */
  failures = 0;
  retryAt = 0;
  /** Whether storage has it as lagging. */
  noted: boolean;
  /** Undefined: to be read from storage. */
  #shares: Share[] | undefined;
  #length = 0;

  /** @param after the last row that is on the endpoint's disk @param noted whether it comes from storage, as lagging */
  constructor(subscription: Subscription, after: number, noted: boolean) {
    this.subscription = subscription;
    this.handed = after;
    this.stored = after;
    this.noted = noted;
    this.#shares = noted ? undefined : [];
  }

  /** Whether it is to be read from storage what it still has to get. */
  get fromStorage(): boolean {
    return this.#shares === undefined;
  }

  /** Whether there is something in memory to hand over. */
  get pending(): boolean {
    return (this.#shares?.length ?? 0) > 0;
  }

  /** Position of the last event that the endpoint has and has not said to have stored; 0 if there is none. */
  get unconfirmed(): number {
    return this.stored < this.handed ? this.position : 0;
  }

  /** What is not on the endpoint's disk is handed over once more. */
  startAgain(): void {
    this.handed = this.stored;
    this.readFromStorage();
  }

  /** The row that it waits with. */
  get next(): number {
    return this.#shares?.[0]?.seq ?? this.handed + 1;
  }

  add(seq: number, arrivals: Arrival[], length: number): void {
    if (!this.#shares) return;
    this.#shares.push({ seq, arrivals, length });
    this.#length += length;
    if (this.#shares.length > MAX_ROWS || (this.#length > MAX_LENGTH && this.#shares.length > 1))
      this.readFromStorage();
  }

  /** Forgets what is in memory: all after {@link handed} is read from storage. */
  readFromStorage(): void {
    this.#shares = undefined;
    this.#length = 0;
  }

  /** Storage has nothing more for it: what comes is kept in memory again. */
  upToDate(): void {
    this.#shares ??= [];
  }

  /** What memory has for one call, as much as that may carry. */
  peek(maxArrivals: number, maxLength: number): Load {
    const load: Load = { arrivals: [], upTo: this.handed, length: 0 };
    for (const share of this.#shares ?? []) {
      if (!fits(load, share, maxArrivals, maxLength)) break;
      put(load, share);
    }
    return load;
  }

  /** It is being handed this: memory has it no longer. */
  takes({ upTo }: Load): void {
    while (this.#shares) {
      const [share] = this.#shares;
      if (!share || share.seq > upTo) break;
      this.#shares.shift();
      this.#length -= share.length;
    }
  }
}

/** Whether a load takes a row's share as well; the first one always. */
export function fits(load: Load, share: Omit<Share, "seq">, maxArrivals: number, maxLength: number): boolean {
  if (load.arrivals.length === 0) return true;
  return load.arrivals.length + share.arrivals.length <= maxArrivals && load.length + share.length <= maxLength;
}

export function put(load: Load, { seq, arrivals, length }: Share): void {
  load.arrivals.push(...arrivals);
  load.upTo = seq;
  load.length += length;
}
