import { builtIn, builtInType } from "../../catalogue/index.ts";
import { listEventTypes } from "../../config/event-types.ts";
import type { EndpointRow } from "../../config/schema.ts";
import { covers } from "../../lib/pattern.ts";
import { EventType } from "../fields.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";
import { requireActive, unknownType } from "./checks.ts";
import { webhookOf } from "./find.ts";

const TestRequest = z.strictObject({ event: EventType.optional() }).openapi("TestRequest");
export const TestSent = z.object({ delivery_id: z.uuid() }).openapi("TestSent");

export const testWebhook = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/test",
    scope: "manage",
    audit: "webhook.tested",
    tag: "Webhooks",
    summary: "Deliver a sample event, as a real one is",
    body: { schema: TestRequest, optional: true },
    codes: ["webhook_inactive"],
    success: { status: 202, schema: one(TestSent) },
  },
  async ({ env, workspaceId, params, body, audit }) => {
    const endpoint = await webhookOf(env, { workspaceId }, params.webhook);
    requireActive(endpoint);
    const { type, data } = await sampleFor(env, endpoint, body.event);
    await audit.record(env, "webhook.tested", { workspaceId, record: endpoint.id, after: { event: type } });
    // On the webhook's own channels, as an event that it subscribes to would be.
    const id = await env.ENDPOINT.getByName(endpoint.id).sendTest(type, data, endpoint.channels);
    return { data: { delivery_id: id } };
  },
);

/** An event to try a webhook with; `data` is JSON text. */
type Sample = { type: string; data: string };

/**
 * A sample of the type asked for; of the first that the webhook subscribes to, if none is. Where several systems have a
 * type of that name, the webhook's own system's.
 * @throws ApiError invalid_request for a type that is not known
 */
async function sampleFor(
  env: Env,
  { workspaceId, dialect, events }: Pick<EndpointRow, "workspaceId" | "dialect" | "events">,
  asked: string | undefined,
): Promise<Sample> {
  const type = asked ?? firstBuiltIn(events, dialect);
  const found = type === undefined ? undefined : builtInType(type, dialect);
  if (found) return { type: found.name, data: JSON.stringify(found.sample) };
  const own = await listEventTypes(env, workspaceId);
  const mine = own.find(({ name }) =>
    type === undefined ? events.some((event) => covers(event, name)) : name === type,
  );
  if (mine) return { type: mine.name, data: mine.sample ?? placeholder(mine.name) };
  if (asked !== undefined) throw unknownType("event", asked, own);
  // Its types are no more: the name that it subscribes to still is one that it wants.
  const [first = ""] = events;
  return { type: first, data: placeholder(first) };
}

/** Of what the first pattern covers that covers any: the webhook's own system's before others. */
function firstBuiltIn(patterns: readonly string[], dialect: string): string | undefined {
  const covered = patterns
    .map((pattern) => builtIn.filter(({ name }) => covers(pattern, name)))
    .find((types) => types.length > 0);
  return (covered?.find(({ system }) => system === dialect) ?? covered?.[0])?.name;
}

const placeholder = (type: string): string => JSON.stringify({ test: true, message: `This is a test of ${type}.` });
