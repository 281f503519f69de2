import type { EventId } from "../lib/ids.ts";

/** What the API, and the other objects, may ask of an EventStream; and what it answers. */

/** An event on its way in. */
export type NewEvent = {
  type: string;
  /** JSON text. */
  data: string;
  /** When it happened, in milliseconds since 1970; null: when it was published. */
  occurredAt: number | null;
  channels: string[];
  idempotencyKey: string | null;
};

/** How many of a publisher's events are stored in a calendar month in UTC; null: as many as there are. */
export type Quota = { limit: number | null };

export type PublishedEvent = {
  id: EventId;
  type: string;
  occurredAt: number;
  /** True if the same idempotency key brought it before: `id` is the first one's. */
  duplicate: boolean;
};

/** The event that a key was first used for, and whether another one says the same. */
export type Earlier = { published: PublishedEvent; same: boolean };

/** Of a refused call of a workspace with several streams `stored` events are in some of them: all of them bear keys. */
export type PublishResult =
  | { ok: true; events: PublishedEvent[] }
  /** The event at `index` bears a key that another body was published with in the last 24 hours. */
  | { ok: false; reason: "idempotency_conflict"; index: number; stored?: number }
  /** So much waits to be stored that no more is taken now. */
  | { ok: false; reason: "overloaded"; stored?: number }
  | QuotaExceeded;

/** At `at` (milliseconds since 1970), `used` events counted in that month; the call's `wanted` new ones did not fit. */
export type QuotaExceeded = {
  ok: false;
  reason: "quota_exceeded";
  used: number;
  limit: number;
  wanted: number;
  at: number;
  stored?: number;
};

/** An event as stored and read back. */
export type StoredEvent = {
  id: EventId;
  type: string;
  /** When it was published, in milliseconds since 1970. */
  at: number;
  occurredAt: number;
  channels: string[];
  /** JSON text. */
  data: string;
};

export type EventPage = { events: StoredEvent[]; next: string | null };
export type EventFilter = {
  limit: number;
  cursor?: string | undefined;
  type?: string | undefined;
  /** Milliseconds since 1970, both inclusive, of the publication. */
  since?: number | undefined;
  until?: number | undefined;
  /** Text in the id, in any case. */
  search?: string | undefined;
};

/** `start`: a day's first millisecond in UTC, since 1970. `events` is null where retention has let go of the day. */
export type DayCount = { start: number; events: number | null };

/** Events that count towards the quota of a calendar month in UTC: in all, and on each day so far. */
export type EventUsage = { used: number; byDay: DayCount[] };

/** An event as an endpoint is handed it: its position in the stream, and JSON text. */
export type Arrival = { position: number; text: string };

/** What became of events that an endpoint was handed. */
export type Accepted = {
  /** Whether they are on disk; if not, they are in memory and under way. */
  stored: boolean;
  /** Whether nothing was taken, because earlier events are missing. */
  behind?: boolean;
};
