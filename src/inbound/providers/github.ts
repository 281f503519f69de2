import * as z from "zod";
import { defineProvider, MalformedCallback } from "../provider.ts";
import { firstValue, formOf, isForm } from "../reading/form.ts";
import { jsonOf } from "../reading/json-callback.ts";
import { rotating, Secret } from "../settings.ts";
import { verifyHubSignature } from "../signatures/hub-signature.ts";

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
  /** It repeats nothing by itself; for so long somebody may have it repeat one, under the same id. */
  retriesFor: 3 * 86_400,
  credentials: z.strictObject({ secret: rotating(Secret) }),
  options: z.strictObject({}),

  verify: (request, { credentials }) => verifyHubSignature(request, credentials.secret),

  async normalise({ headers, body }) {
    const [event, delivery] = [headers.get("x-github-event"), headers.get("x-github-delivery")];
    if (!event || !delivery) throw new MalformedCallback("Its headers name no event or no delivery.");
    // The payload, encoded, is what a form holds, and the form is what was signed.
    const inForm = isForm(headers) ? { text: firstValue(formOf(body), "payload") ?? "" } : undefined;
    const raw = jsonOf(inForm?.text ?? body);
    return [{ type: "generic", event, dedup_key: delivery, occurred_at: null, raw, ...inForm }];
  },
});
