import * as z from "zod";
import { joined } from "../../../lib/joined.ts";
import type { Json } from "../../../systems/event-type.ts";
import { membersOf } from "../../members.ts";
import { isObject, type JsonObject, jsonOf, textAt } from "../../parsing/json.ts";
import { errorOf } from "../../parsing/kinds.ts";
import { isoOfSeconds } from "../../parsing/times.ts";
import { defineProvider, MalformedCallback, type Reported, type Status } from "../../provider.ts";
import { rotating, tolerance } from "../../settings.ts";
import { PublicKey } from "../../signatures/public-key.ts";
import { verifySendgrid } from "../../signatures/sendgrid-signature.ts";
import { guide } from "./guide.ts";

const STATUSES: ReadonlyMap<string | null, Status> = new Map([
  ["processed", "sent"],
  ["deferred", "deferred"],
  ["delivered", "delivered"],
  ["bounce", "bounced"],
  ["dropped", "dropped"],
  ["open", "opened"],
  ["click", "clicked"],
  ["spamreport", "complained"],
  ["unsubscribe", "unsubscribed"],
  ["group_unsubscribe", "unsubscribed"],
]);
const FAULTS: readonly Status[] = ["deferred", "bounced", "dropped"];
const DAY_SECONDS = 86_400;

/**
 * SendGrid's event webhook: a list of events, whose names and members
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event tells. The custom arguments of a mail stand
 * beside them, under any name, so nothing is read that is not known to be of that event. Two are the same that have one
 * `sg_event_id`, which the same page calls the event's unique id and which is there for this.
 */
export const sendgrid = defineProvider({
  name: "sendgrid",
  guide,
  passesOn: false,
  bouncesLater: true,
  retriesFor: DAY_SECONDS,
  credentials: z.strictObject({ public_key: rotating(PublicKey) }),
  options: z.strictObject({ tolerance: tolerance(0) }),
  verify: (request, { credentials, options }, { now }) =>
    verifySendgrid(request, credentials.public_key, now, options.tolerance),
  async normalise({ body }) {
    const events = jsonOf(body);
    if (!Array.isArray(events)) throw new MalformedCallback("It is no list of events");
    if (events.length === 0) return [{ type: "ignored", reason: "It has no events", dedup_key: null }];
    return membersOf("", events, (event) => [recordOf(event)]);
  },
});

function recordOf(event: Json): Reported {
  if (!isObject(event)) throw new MalformedCallback("It is no event");
  const name = textAt(event.event);
  const recipient = textAt(event.email);
  const dedup_key =
    textAt(event.sg_event_id) ?? joined([name, textAt(event.sg_message_id), recipient, textAt(event.timestamp)]);
  const status = STATUSES.get(name);
  if (!status) return { type: "ignored", reason: `No status: ${name ?? "an event without a name"}`, dedup_key };
  return {
    type: "status",
    channel: "email",
    status,
    // What follows the first dot says which machine sent it to whom. Asynchronous bounces have no id.
    message_id: textAt(event.sg_message_id)?.split(".")[0] || null,
    recipient,
    ...(status === "bounced" ? { soft: event.type === "blocked" } : {}),
    ...(FAULTS.includes(status) ? faultOf(event) : {}),
    occurred_at: isoOfSeconds(event.timestamp),
    dedup_key,
    raw: event,
  };
}

const faultOf = (event: JsonObject) => errorOf(textAt(event.status), textAt(event.reason) ?? textAt(event.response));
