/** By what an event of the run is told, wherever it comes by. */

/** The type of what is published. */
export const EVENT = "ticket.created";

/** What every event carries, wherever it comes from. */
export const marked = (n: number): string => `event-number-${n}-of-the-run`;
/** What is published as an event's data. */
export const dataOf = (n: number) => ({ mark: marked(n) });
const MARK = /event-number-(\d+)-of-the-run/;
/** The number of the event that a text is of; undefined if it is of none. */
export function markIn(text: string): number | undefined {
  const number = MARK.exec(text)?.[1];
  return number === undefined ? undefined : Number(number);
}
