/** Between an event and its publication there is always a moment. Longer than this, it is worth telling. */
const WORTH_TELLING_MS = 1000;

/** Whether an event is said to have happened at another time than it was published. */
export const happenedBefore = ({ timestamp, published_at }: { timestamp: string; published_at: string }): boolean =>
  Math.abs(Date.parse(timestamp) - Date.parse(published_at)) > WORTH_TELLING_MS;
