import * as z from "zod";
import { normaliseWhatsApp } from "../../families/whatsapp.ts";
import { firstValue, parseForm, queryOf } from "../../parsing/form.ts";
import { jsonObjectOf, textAt } from "../../parsing/json.ts";
import { defineProvider, MB, type Reply } from "../../provider.ts";
import { rotating, Secret } from "../../settings.ts";
import { verifyHubSignature } from "../../signatures/hub-signature.ts";
import { isAnyOf } from "../../signatures/shared-header.ts";
import { guide } from "./guide.ts";

const FORBIDDEN: Reply = { status: 403 };

/**
 * WhatsApp's Cloud API, by Meta. The app's secret signs the bytes as they are sent, in which characters beyond ASCII are
 * escaped (`\u00e9`): nothing that was parsed and written again will do.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
 */
export const metaWhatsApp = defineProvider({
  name: "meta-whatsapp",
  guide,
  passesOn: false,
  bouncesLater: false,
  retriesFor: 7 * 86_400,
  /** "Webhooks payloads can be up to 3MB" (as above). */
  maxBody: 3 * MB,
  credentials: z.strictObject({
    app_secret: rotating(Secret),
    /** What the app's settings call the verify token; it signs nothing. */
    verify_token: rotating(Secret),
  }),
  options: z.strictObject({}),

  verify: (request, { credentials }) => verifyHubSignature(request, credentials.app_secret),

  /** Meta asks so each time that the URL or its token is set. It reads the bare challenge, and no JSON. */
  async handshake(request, { credentials }) {
    if (request.method !== "GET") return null;
    const query = parseForm(queryOf(request.url));
    const challenge = firstValue(query, "hub.challenge");
    const known = isAnyOf(firstValue(query, "hub.verify_token") ?? "", credentials.verify_token);
    if (!known || !challenge || firstValue(query, "hub.mode") !== "subscribe") return FORBIDDEN;
    return { status: 200, contentType: "text/plain", body: challenge };
  },

  normalise: async ({ body }) => normaliseWhatsApp(jsonObjectOf(body), { statusId: (status) => textAt(status, "id") }),
});
