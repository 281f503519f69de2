/**
 * A turn that takes so much longer than it does at the least is late, in milliseconds: what is to be done on this thread is more
 * than it can do at once.
 */
const LATE_MS = 2;
/** So many turns at most: whoever gives way gets on, however much there is. */
const MAX_TURNS = 20;

/** The thread's clock, a turn of everything that is ready, and the least that one has taken, in milliseconds. */
export type Thread = { now(): number; turn(): Promise<unknown>; leastMs: number };

/** Where a timer is never on time, that is no sign of anything. */
const THIS: Thread = { now: () => Date.now(), turn: () => scheduler.wait(0), leastMs: Number.POSITIVE_INFINITY };

/**
 * Lets everything that is ready have its turn; where turns come late, until they do not, as what was begun is to be finished
 * before more is taken on. Without that, publishers who send the next event for each answer starve the deliveries of those that
 * they have sent. Whether a thread is overloaded the delay of its turns tells, whatever it is that takes its time; idle, this is one
 * turn.
 */
export async function giveWay(thread: Thread = THIS): Promise<void> {
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    const began = thread.now();
    await thread.turn();
    const took = thread.now() - began;
    thread.leastMs = Math.min(thread.leastMs, took);
    if (took - thread.leastMs < LATE_MS) return;
  }
}
