/** How many endpoints whoever hands events to them, a stream or its relay, calls at once. */

/** Calls under way at once, at most, those that are slow counted apart; and what all of them carry, in UTF-16 units. */
export const CALLS_AT_ONCE = 250;
export const LENGTH_UNDER_WAY = 8_000_000;
/** A call that takes longer is slow, in milliseconds: it holds up no other endpoint's any more. */
export const SLOW_MS = 1000;
/** An endpoint that has its events counts as busy with them for so long, in milliseconds, if it does not say before that it is done. */
export const BUSY_MS = 100;
