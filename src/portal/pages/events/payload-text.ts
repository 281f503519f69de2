import { dataTexts } from "../../../lib/json-text.ts";

/** The payloads in the API's answers, digit for digit: what JavaScript would round stays as it was published. */

/** The JSON text of an answer's `data`. */
const dataIn = (answer: string): string => dataTexts(answer, {})[0] ?? "";

/** The payload of the event that an answer has. */
export const payloadOf = (answer: string): string => dataIn(dataIn(answer));

/** The payloads of the events that an answer lists, in their order. */
export const payloadsOf = (answer: string): string[] => dataTexts(`{"events":${dataIn(answer)}}`, { events: [] });

/** The beginning of a text, with a sign where it goes on. Characters are not cut in two. */
export function beginning(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
