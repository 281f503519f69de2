import { CHANGE_HINTS, NewWebhook, WebhookChanges } from "../webhooks/fields.ts";
import * as z from "../z.ts";

/** What a survey webhook is for. */
export const SURVEY_EVENT = "survey.response_completed";

const FIXED = "A survey webhook has no choice of it";

export const NewSurveyWebhook = NewWebhook.omit({ events: true, channels: true, dialect: true })
  .extend({
    events: z
      .array(z.literal(SURVEY_EVENT))
      .min(1)
      .max(1)
      .optional()
      .openapi({ description: "May be left out: it is always this." }),
  })
  .openapi("NewSurveyWebhook");

/** Why a creation does not take these. */
export const CREATION_HINTS = { channels: FIXED, dialect: FIXED };

export const SurveyWebhookChanges = WebhookChanges.omit({ events: true, channels: true }).openapi(
  "SurveyWebhookChanges",
);

/** Why a change does not take these. */
export const SURVEY_CHANGE_HINTS = { ...CHANGE_HINTS, events: FIXED, channels: FIXED };
