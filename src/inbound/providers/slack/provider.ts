import * as z from "zod";
import { hex } from "../../../lib/bytes.ts";
import { firstValue, formOf, isForm, lastValues, type Pair } from "../../parsing/form.ts";
import { at, type JsonObject, jsonObjectOf, textAt } from "../../parsing/json.ts";
import { isoOf } from "../../parsing/times.ts";
import { defineProvider, type GenericRecord, MalformedCallback, type Normalised } from "../../provider.ts";
import { isStale, rotating, Secret, tolerance } from "../../settings.ts";
import { concat, digest, signedByAny } from "../../signatures/hmac.ts";
import { guide } from "./guide.ts";

/**
 * Slack's events, interactions and slash commands. `X-Slack-Signature: v0=` is followed in hex by the HMAC-SHA256 of
 * `v0:`, the time, a colon and the body.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 *
 * Two events are the same that have one `event_id`, which is unique among all workspaces
 * (https://docs.slack.dev/apis/events-api/#callback-field); two interactions, that have one `trigger_id`, which each has for
 * itself (https://docs.slack.dev/interactivity/handling-user-interaction), or are the same bytes.
 */
export const slack = defineProvider({
  name: "slack",
  guide,
  passesOn: true,
  bouncesLater: false,
  /** Three times within minutes, and hourly for a day where an app has "delayed events". */
  retriesFor: 86_400,
  credentials: z.strictObject({ signing_secret: rotating(Secret) }),
  options: z.strictObject({ tolerance: tolerance(300) }),

  async verify({ headers, body }, { credentials, options }, { now }) {
    const [signature, time] = [headers.get("x-slack-signature"), headers.get("x-slack-request-timestamp")];
    if (!signature || !time) return "missing_signature";
    const mark = /^v0=(.+)$/.exec(signature)?.[1];
    if (!mark || !/^\d{1,12}$/.test(time)) return "bad_signature";
    const data = concat(`v0:${time}:`, body);
    if (!(await signedByAny("SHA-256", credentials.signing_secret, data, [mark], "hex"))) return "bad_signature";
    return isStale(Number(time), now, options.tolerance) ? "stale" : "verified";
  },

  async normalise({ headers, body }) {
    return isForm(headers) ? [await interaction(formOf(body), body)] : [event(jsonObjectOf(body))];
  },
});

function event(callback: JsonObject): Normalised {
  const type = textAt(callback, "type");
  if (type === "url_verification") {
    const challenge = textAt(callback, "challenge");
    if (challenge === null) throw new MalformedCallback("It has no challenge.");
    const respond = { status: 200, contentType: "text/plain", body: challenge };
    return { type: "control", note: type, respond };
  }
  const id = textAt(callback, "event_id");
  if (type !== "event_callback") return { type: "ignored", reason: type ?? "without a type", dedup_key: id };
  const name = textAt(callback, "event", "type");
  if (id === null || name === null) throw new MalformedCallback("It is an event without an id or a type.");
  const occurred_at = isoOf(at(callback, "event_time"));
  return { type: "generic", event: name, dedup_key: id, occurred_at, raw: callback };
}

/** Somebody pressed, chose or typed something. It is never repeated, and not all of it has an id. */
async function interaction(form: readonly Pair[], body: Uint8Array): Promise<GenericRecord> {
  const payload = firstValue(form, "payload");
  const raw = payload === undefined ? Object.fromEntries(lastValues(form)) : jsonObjectOf(payload);
  const name = payload === undefined ? textAt(raw, "command") && "slash_command" : textAt(raw, "type");
  if (!name) throw new MalformedCallback("It is a form of no kind that is known.");
  const dedup_key = textAt(raw, "trigger_id") ?? hex(await digest("SHA-256", concat(body)));
  return {
    type: "generic",
    event: name,
    dedup_key,
    occurred_at: null,
    raw,
    ...(payload === undefined ? {} : { text: payload }),
  };
}
