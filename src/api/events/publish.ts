import { publishRules } from "../../config/publish-rules.ts";
import type { NewEvent } from "../../events/contract.ts";
import { publish } from "../../events/publish.ts";
import { dataTexts } from "../../lib/json-span.ts";
import { one } from "../page.ts";
import { ApiError, invalidField } from "../problem.ts";
import { eventsExceeded, storedInPart } from "../quota.ts";
import { defineRoute } from "../route.ts";
import { noWorkspace } from "../workspaces/refusals.ts";
import * as z from "../z.ts";
import { requirePublishable } from "./publishable.ts";
import { bodyMeant, type EventBody, IdempotencyKey, PublishBody, PublishedView, viewPublished } from "./published.ts";

/** Of a request; its depth with the envelope of one event, or of several, around the payload. */
const REQUEST_LIMITS = { size: 5 * 1024 * 1024, depth: 100 };
/** Of one event's payload as JSON, in bytes. */
const DATA_LIMIT = 256 * 1024;

const PublishHeaders = z.object({
  "Idempotency-Key": IdempotencyKey.optional().openapi({ description: "For a single event, as `idempotency_key`." }),
});

export const publishEvents = defineRoute(
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
