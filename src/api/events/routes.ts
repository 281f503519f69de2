import { endpointInterests } from "../../config/endpoint-queries.ts";
import { publishRules } from "../../config/publish-rules.ts";
import type { NewEvent } from "../../events/contract.ts";
import { publish } from "../../events/publish.ts";
import * as events from "../../events/streams.ts";
import { parseEventId } from "../../lib/ids.ts";
import { dataTexts } from "../../lib/json-text.ts";
import { EventType, Instant } from "../fields.ts";
import { list, loadPage, NumberKey, one, PageQuery } from "../page.ts";
import { ApiError, invalidField, noWorkspace } from "../problem.ts";
import { eventsExceeded, storedInPart } from "../quota.ts";
import { defineRoute, JsonText, type Route } from "../route.ts";
import * as z from "../z.ts";
import { requirePublishable } from "./publishable.ts";
import {
  bodyMeant,
  type EventBody,
  EventPage,
  EventRow,
  eventText,
  IdempotencyKey,
  MOST_WEBHOOKS,
  PublishBody,
  PublishedView,
  viewPublished,
} from "./representation.ts";
import { whereaboutsOf } from "./whereabouts.ts";

/** Of a request; its depth with the envelope of one event, or of several, around the payload. */
const REQUEST_LIMITS = { size: 5 * 1024 * 1024, depth: 100 };
/** Of one event's payload as JSON, in bytes. */
const DATA_LIMIT = 256 * 1024;

const PublishHeaders = z.object({
  "Idempotency-Key": IdempotencyKey.optional().openapi({ description: "For a single event, as `idempotency_key`." }),
});

const publishEvents = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/events",
    scope: "publish",
    audit: { none: "The event log has what was published" },
    tag: "Events",
    summary: "Publish one event, or up to 100 at once",
    headers: PublishHeaders,
    body: { schema: PublishBody, limits: REQUEST_LIMITS, asItCame: true, choose: bodyMeant },
    success: { status: 202, schema: one(z.union([PublishedView, z.array(PublishedView)])) },
    codes: ["idempotency_conflict", "quota_exceeded"],
  },
  async ({ env, workspaceId, body, json, header }) => {
    const batch = "events" in body;
    const bodies = batch ? body.events : [withHeaderKey(body, header("Idempotency-Key"))];
    if (batch && header("Idempotency-Key") !== undefined) {
      throw invalidField("Idempotency-Key", "In a batch, each event has its own idempotency_key");
    }
    const texts = dataTexts(json.text, json.value);
    const events = bodies.map((each, index) => newEvent(each, texts[index], batch ? `events.${index}.data` : "data"));
    const rules = await publishRules(env, workspaceId);
    if (!rules) throw noWorkspace();
    const payloads = bodies.map(({ event, data }, index) => {
      return { type: event, data, path: batch ? ["events", `${index}`] : [] };
    });
    requirePublishable(rules.schemas, payloads);
    const result = await publish(env, workspaceId, rules.streams, events, { limit: rules.eventsLimit });
    if (!result.ok) {
      if (result.reason === "quota_exceeded") throw eventsExceeded(rules.plan, result);
      if (result.reason === "overloaded") throw overloaded(result.stored ?? 0);
      const which = batch ? ` of events.${result.index}` : "";
      const detail = `The idempotency key${which} was used with another body.`;
      throw new ApiError("idempotency_conflict", result.stored ? `${detail} ${storedInPart(result.stored)}` : detail);
    }
    const [first] = result.events;
    return { data: batch || !first ? result.events.map(viewPublished) : viewPublished(first) };
  },
);

function overloaded(stored: number): ApiError {
  const what = stored === 0 ? "Nothing of this request was." : storedInPart(stored);
  return new ApiError("unavailable", `More is published than can be stored just now. ${what}`, {
    headers: { "Retry-After": "1" },
  });
}

function withHeaderKey(body: EventBody, header: string | undefined): EventBody {
  if (header === undefined) return body;
  const key = IdempotencyKey.safeParse(header);
  if (!key.success) throw invalidField("Idempotency-Key", "A key has 1 to 256 characters");
  if (body.idempotency_key !== undefined && body.idempotency_key !== key.data) {
    throw invalidField("idempotency_key", "It differs from the header Idempotency-Key");
  }
  return { ...body, idempotency_key: key.data };
}

const encoder = new TextEncoder();

function newEvent(body: EventBody, data: string | undefined, path: string): NewEvent {
  if (data === undefined) throw new Error("An event that passed its schema has no payload");
  // A character takes one to three bytes: most payloads need no counting.
  if (data.length > DATA_LIMIT || (data.length * 3 > DATA_LIMIT && encoder.encode(data).length > DATA_LIMIT)) {
    throw new ApiError("payload_too_large", `${path}: a payload may have at most ${DATA_LIMIT} bytes.`);
  }
  return {
    type: body.event,
    data,
    occurredAt: body.timestamp ?? null,
    channels: body.channels ?? [],
    idempotencyKey: body.idempotency_key ?? null,
  };
}

const Filter = PageQuery.extend({
  cursor: PageQuery.shape.cursor.refine(
    (cursor) => cursor === undefined || parseEventId(cursor) !== undefined,
    "This is no cursor of this list",
  ),
  event: EventType.optional(),
  since: Instant.optional().openapi({ description: "Published then or later." }),
  until: Instant.optional().openapi({ description: "Published then or earlier." }),
  search: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .openapi({ description: "Text in the id, in any case. A whole id is found at once." }),
});

const listEvents = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/events",
    scope: "read",
    tag: "Events",
    summary: "List a workspace's events",
    query: Filter,
    success: { status: 200, schema: list(EventRow) },
  },
  async ({ env, workspaceId, query }) => {
    const { event, ...same } = query;
    const streams = await events.streamsOf(env, workspaceId);
    const page = await events.listEvents(env, workspaceId, streams, { ...same, type: event });
    const rows = page.events.map((each) => eventText(each));
    return new JsonText(`{"data":[${rows.join(",")}],"next_cursor":${JSON.stringify(page.next)}}`);
  },
);

const getEvent = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/events/{event}",
    scope: "read",
    tag: "Events",
    summary: "Get an event with where it went, and why not elsewhere",
    query: PageQuery.pick({ cursor: true }),
    success: { status: 200, schema: EventPage },
  },
  async ({ env, workspaceId, params, query, now }) => {
    const place = parseEventId(params.event);
    const event = place && (await events.getEvent(env, workspaceId, params.event));
    if (!place || !event) throw new ApiError("not_found", "There is no such event.");
    const { rows, next_cursor } = await loadPage(
      { ...query, limit: MOST_WEBHOOKS },
      NumberKey,
      (limit, before) => endpointInterests(env, workspaceId, limit, before),
      ({ number }) => number,
    );
    const whereabouts = await whereaboutsOf(env, rows, place, event, now);
    return new JsonText(`{"data":${eventText(event, whereabouts)},"next_cursor":${JSON.stringify(next_cursor)}}`);
  },
);

export const eventRoutes: readonly Route[] = [publishEvents, listEvents, getEvent];
