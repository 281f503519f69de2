import type { EventId, EventPlace } from "../lib/ids.ts";
import { beforeFirstOf, MAX_EVENTS_PER_ROW, parseEventId, streamOf } from "../lib/ids.ts";
import type { NewEvent, StoredEvent } from "./contract.ts";

/** An event as it lies in a row, as JSON. Short names: it is stored once in the stream and once at each endpoint. */
type Record = {
  id: EventId;
  type: string;
  /** When it happened, if that is not when it was published. */
  when?: number;
  channels?: string[];
  /** JSON text, kept as text so that its numbers keep their digits. */
  data: string;
};

/** @returns JSON text */
export function encodeEvent(id: EventId, event: Pick<NewEvent, "type" | "data" | "occurredAt" | "channels">): string {
  const record: Record = {
    id,
    type: event.type,
    ...(event.occurredAt === null ? {} : { when: event.occurredAt }),
    ...(event.channels.length === 0 ? {} : { channels: event.channels }),
    data: event.data,
  };
  return JSON.stringify(record);
}

/** @param events JSON array of what {@link encodeEvent} made */
export function decodeEvents(events: string): StoredEvent[] {
  return (JSON.parse(events) as Record[]).map((record) => {
    const at = placeOf(record.id).at;
    return {
      id: record.id,
      type: record.type,
      at,
      occurredAt: record.when ?? at,
      channels: record.channels ?? [],
      data: record.data,
    };
  });
}

/** @throws RangeError for what is not an event id: records hold only ids that Posthorn made */
export function placeOf(id: string): EventPlace {
  const place = parseEventId(id);
  if (!place) throw new RangeError(`Not an event id: ${id}`);
  return place;
}

/** An event's position in the stream as one number: later events have greater ones. */
export const positionOf = ({ seq, index }: Pick<EventPlace, "seq" | "index">): number =>
  seq * MAX_EVENTS_PER_ROW + index;

/** What every position in a stream is greater than. */
export const positionsBefore = (stream: number): number => positionOf({ seq: beforeFirstOf(stream), index: 0 });

/** Which of its workspace's streams an event at that position is of. */
export const streamAt = (position: number): number => streamOf(Math.floor(position / MAX_EVENTS_PER_ROW));

/** An event as fan-out sees it. */
export type Entry = { position: number; type: string; channels: readonly string[]; text: string };

export type Row = { seq: number; at: number; entries: readonly Entry[] };

/** @param body JSON array of what {@link encodeEvent} made */
export function decodeRow(seq: number, at: number, body: string): Row {
  const entries = (JSON.parse(body) as Record[]).map((record, index) => ({
    position: positionOf({ seq, index }),
    type: record.type,
    channels: record.channels ?? [],
    text: JSON.stringify(record),
  }));
  return { seq, at, entries };
}
