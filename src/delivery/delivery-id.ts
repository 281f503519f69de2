import type { StoredEvent } from "../events/contract.ts";
import { placeOf } from "../events/record.ts";
import { type DeliveryId, type DeliveryPlace, deliveryId, INDEX_OF_TEST } from "../lib/ids.ts";
import { familyOf } from "./parcel.ts";

/** Row 0 of the stream does not exist: a test is an event of no stream. */
export const OF_NO_STREAM = { seq: 0, index: 0 };

/**
 * Which delivery it is. An event that comes again after a crash may get another row, with others or alone: its delivery is
 * named by what does not change.
 * @param endpoint its number
 * @param seq the row that the delivery is in; only a test's matters, which is stored before it is sent
 */
export function placeFor(endpoint: number, seq: number, event: Pick<StoredEvent, "id">): DeliveryPlace {
  const place = placeOf(event.id);
  if (place.seq !== OF_NO_STREAM.seq) return { ...place, endpoint };
  return { at: place.at, seq: familyOf(seq), index: INDEX_OF_TEST, endpoint };
}

export const idOf = (endpoint: number, seq: number, event: Pick<StoredEvent, "id">): DeliveryId =>
  deliveryId(placeFor(endpoint, seq, event));
