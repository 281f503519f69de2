/** A turn that comes after this long is late, in milliseconds: what is to be done on this thread is more than it can do at once. */
const LATE_MS = 2;
/** So many turns at most: whoever gives way gets on, however much there is. */
const MAX_TURNS = 20;

/** The thread's clock, and a turn of everything that is ready. */
export type Thread = { now(): number; turn(): Promise<unknown> };

const THIS: Thread = { now: () => Date.now(), turn: () => scheduler.wait(0) };

/**
 * Lets everything that is ready have its turn; where turns come late, until they do not, as what was begun is to be finished
 * before more is taken on. Without that, publishers who send the next event for each answer starve the deliveries of those that
 * they have sent. Whether a thread is overloaded the delay of its turns tells, whatever it is that takes its time; idle, this is one
 * turn.
 */
export async function giveWay({ now, turn }: Thread = THIS): Promise<void> {
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    const began = now();
    await turn();
    if (now() - began < LATE_MS) return;
  }
}
