import * as z from "zod";
import { MAX_PAYLOAD } from "../../events.ts";
import { firstValue, formOf, isForm } from "../../parsing/form.ts";
import { jsonOf } from "../../parsing/json.ts";
import { defineProvider, MalformedCallback, MB } from "../../provider.ts";
import { rotating, Secret } from "../../settings.ts";
import { verifyHubSignature } from "../../signatures/hub-signature.ts";
import { guide } from "./guide.ts";

/**
 * In bytes: what is longer has a payload that no event shows, for a character of it has nine bytes at most (three of UTF-8, each
 * of which a form writes as three). Such a payload is not parsed: of 25 MB that may take all the memory there is.
 */
const NEVER_SHOWN = 9 * MAX_PAYLOAD;

/**
 * GitHub's events. What happened and the delivery's id stand in headers that the signature does not cover: nowhere does
 * GitHub sign them.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 *
 * Two are the same that have one `X-GitHub-Delivery`: it names the event, is shared by all webhooks that are told of it, and
 * stays the same when a delivery is repeated (https://docs.github.com/en/rest/repos/webhooks, `guid` of a delivery). Those of
 * a repository and of its organization, given one source, tell of an event once.
 */
export const github = defineProvider({
  name: "github",
  guide,
  passesOn: true,
  bouncesLater: false,
  /** It repeats nothing by itself; for so long somebody may have it repeat one, under the same id. */
  retriesFor: 3 * 86_400,
  /** "Payloads are capped at 25 MB" (as above, "Payload cap"). */
  maxBody: 25 * MB,
  credentials: z.strictObject({ secret: rotating(Secret) }),
  options: z.strictObject({}),

  verify: (request, { credentials }) => verifyHubSignature(request, credentials.secret),

  async normalise({ headers, body }) {
    const [event, delivery] = [headers.get("x-github-event"), headers.get("x-github-delivery")];
    if (!event || !delivery) throw new MalformedCallback("Its headers name no event or no delivery.");
    if (body.length > NEVER_SHOWN) {
      const truncated = ["payload"];
      return [{ type: "generic", event, dedup_key: delivery, occurred_at: null, raw: null, truncated }];
    }
    // The payload, encoded, is what a form holds, and the form is what was signed.
    const inForm = isForm(headers) ? { text: firstValue(formOf(body), "payload") ?? "" } : undefined;
    const raw = jsonOf(inForm?.text ?? body);
    return [{ type: "generic", event, dedup_key: delivery, occurred_at: null, raw, ...inForm }];
  },
});
