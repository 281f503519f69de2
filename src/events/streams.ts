import { ONE_STREAM, publishRules, type Streams } from "../config/publish-rules.ts";
import { MAX_STREAMS, parseEventId, streamOf } from "../lib/ids.ts";
import { callWithRetry, streamName } from "../lib/objects.ts";
import type { EventFilter, EventPage, EventUsage, StoredEvent } from "./contract.ts";
import { wholeId } from "./event-log.ts";
import { addedUp, filterOf, mergedPages } from "./spread.ts";

/** A workspace's events, whether one stream holds them or several. */

/** The numbers of so many streams. */
export const numbersUpTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

/**
 * How many a workspace has; one, if there is no such workspace.
 * @throws DatabaseAway where nothing is known of it: by another number a key would not be found where it was used
 */
export async function streamsOf(env: Env, workspaceId: number): Promise<Streams> {
  return (await publishRules(env, workspaceId))?.streams ?? ONE_STREAM;
}

/** The newest first, of all streams. */
export async function listEvents(
  env: Env,
  workspaceId: number,
  streams: Streams,
  filter: EventFilter,
): Promise<EventPage> {
  const whole = filter.search === undefined ? undefined : wholeId(filter.search);
  const only = whole === undefined ? undefined : holderOf(whole);
  const numbers = only === undefined ? numbersUpTo(streams.most) : [only];
  const pages = await Promise.all(
    numbers.map((stream) =>
      callWithRetry(env.EVENT_STREAM, streamName(workspaceId, stream), (object) =>
        object.listEvents(filterOf(filter, stream)),
      ),
    ),
  );
  const [page] = pages;
  return page && pages.length === 1 ? page : mergedPages(pages, filter.limit);
}

/** Null if there is none of that id. */
export async function getEvent(env: Env, workspaceId: number, id: string): Promise<StoredEvent | null> {
  const stream = holderOf(id);
  if (stream === undefined) return null;
  return callWithRetry(env.EVENT_STREAM, streamName(workspaceId, stream), (object) => object.getEvent(id));
}

/** Which stream has the event of an id, also where it is not known yet that there is such a stream; undefined for one of none. */
function holderOf(id: string): number | undefined {
  const place = parseEventId(id);
  const stream = place && streamOf(place.seq);
  return stream !== undefined && stream < MAX_STREAMS ? stream : undefined;
}

/** What counts towards the quota of the UTC month of `now` (milliseconds since 1970). */
export async function usageOf(env: Env, workspaceId: number, streams: Streams, now: number): Promise<EventUsage> {
  const usages = numbersUpTo(streams.most).map((stream) =>
    callWithRetry(env.EVENT_STREAM, streamName(workspaceId, stream), (object) => object.usage(now)),
  );
  return addedUp(await Promise.all(usages));
}

/** Tells all of them that D1 says something new of the workspace's subscriptions. */
export async function tellStreams(env: Env, workspaceId: number, streams: Streams): Promise<void> {
  await Promise.all(
    numbersUpTo(streams.most).map((stream) =>
      callWithRetry(env.EVENT_STREAM, streamName(workspaceId, stream), (object) => object.subscriptionsChanged()),
    ),
  );
}

/** Has all that a workspace may ever have had forget everything. */
export async function emptyStreams(env: Env, workspaceId: number): Promise<void> {
  await Promise.all(
    numbersUpTo(MAX_STREAMS).map((stream) =>
      callWithRetry(env.EVENT_STREAM, streamName(workspaceId, stream), (object) => object.destroy()),
    ),
  );
}
