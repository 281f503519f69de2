import type { Clock } from "../lib/coalesce.ts";

/**
 * Which released parcels a consumer is working on. A consumer claims a parcel before its first request and may start
 * requests for {@link LEASE_MS}; to start more it renews. So a pause has to wait for a lease to end, and never for a
 * request: after that nothing new can start. It also makes messages harmless: a parcel has one claimant, and a message
 * that is late, doubled or of an earlier release finds nothing to claim.
 */
export const LEASE_MS = 1000;

type Claim = { claimant: string; since: number; leaseEnds: number };

export class Claims {
  readonly #clock: Clock;
  readonly #claims = new Map<number, Claim>();
  #idle: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#claims.size;
  }

  has(seq: number): boolean {
    return this.#claims.has(seq);
  }

  /** When a parcel was claimed or its claim last renewed, in milliseconds since 1970. */
  since(seq: number): number | undefined {
    return this.#claims.get(seq)?.since;
  }

  /**
   * Grants or renews a lease.
   * @param patienceMs how long a claimant that does not renew is still taken to be at work: a request may take that long
   * @returns false if another claimant is at work
   */
  claim(seq: number, claimant: string, patienceMs: number): boolean {
    const now = this.#clock.now();
    const held = this.#claims.get(seq);
    if (held && held.claimant !== claimant && now < held.since + patienceMs) return false;
    this.#claims.set(seq, { claimant, since: now, leaseEnds: now + LEASE_MS });
    return true;
  }

  release(seq: number): void {
    this.#claims.delete(seq);
    if (this.#claims.size === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  /** Resolves when no lease is out that could start a request: all are settled or have ended. */
  async leasesEnded(): Promise<void> {
    const now = this.#clock.now();
    const end = Math.max(now, ...[...this.#claims.values()].map((claim) => claim.leaseEnds));
    if (end === now) return;
    await new Promise<void>((resolve) => {
      this.#idle.push(resolve);
      this.#clock.after(end - now, resolve);
    });
  }
}
