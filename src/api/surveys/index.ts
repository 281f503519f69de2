import type { Route } from "../route.ts";
import { createSurveyWebhook } from "./create.ts";
import { removeSurveyWebhook } from "./delete.ts";
import { getSurveyWebhook } from "./get.ts";
import { listSurveyWebhooks } from "./list.ts";
import { changeSurveyWebhook } from "./update.ts";

/**
 * Webhooks of one survey. What has no operation here (rotation, test, health, deliveries) is where it is for every
 * webhook.
 */
export const surveyRoutes: readonly Route[] = [
  createSurveyWebhook,
  listSurveyWebhooks,
  getSurveyWebhook,
  changeSurveyWebhook,
  removeSurveyWebhook,
];
