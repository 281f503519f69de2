/** How a workspace's events are spread over EventStream objects. */
export type Streams = {
  /** Over so many, from 1 on. */
  count: number;
  /** The most that it ever was: the others still have what they took. */
  most: number;
  /** When it was changed last, in milliseconds since 1970; null: never. */
  changedAt: number | null;
};

/** As every workspace begins. */
export const ONE_STREAM: Streams = { count: 1, most: 1, changedAt: null };
