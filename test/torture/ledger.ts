/** What the harness itself has seen: the promise is checked against this, and against nothing that the service says of itself. */

/** One event that was published, from its first try on. */
export interface Published {
  workspace: number;
  /** Its number in the run, which its data carries. */
  n: number;
  /** Answered 202, once or more often: it was tried again until it was. */
  accepted: boolean;
}

/** One request at a receiver. */
export interface Arrived {
  webhook: string;
  n: number;
  /** Its id, by which repeated deliveries are told. */
  delivery: string;
  /** What it was answered; null if nobody answered. */
  status: number | null;
  /** Milliseconds since 1970. */
  at: number;
}

/** A stretch of time in which nothing may be sent to a webhook, in milliseconds since 1970. */
export interface Paused {
  webhook: string;
  /** When the change was answered. */
  from: number;
  /** When the change that ended it was begun. */
  to: number;
}

export class Ledger {
  readonly published: Published[] = [];
  readonly arrived: Arrived[] = [];
  readonly paused: Paused[] = [];
  /** What must never happen, in sentences. */
  readonly wrong: string[] = [];
  /** Publishes that were answered with anything but 202, or with nothing, by what they were answered. */
  readonly refused = new Map<string, number>();

  publish(workspace: number): Published {
    const event = { workspace, n: this.published.length, accepted: false };
    this.published.push(event);
    return event;
  }

  refuse(how: string): void {
    this.refused.set(how, (this.refused.get(how) ?? 0) + 1);
  }
}
