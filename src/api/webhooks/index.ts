import type { Route } from "../route.ts";
import { createWebhook } from "./create.ts";
import { removeWebhook } from "./delete.ts";
import { getWebhook } from "./get.ts";
import { getWebhookHealth } from "./health.ts";
import { listWebhooks } from "./list.ts";
import { listWebhookStats } from "./list-stats.ts";
import { probeWebhook } from "./probe.ts";
import { rotateWebhookSecret } from "./rotate-secret.ts";
import { testWebhook } from "./send-test.ts";
import { getWebhookStats } from "./stats.ts";
import { changeWebhook } from "./update.ts";

export const webhookRoutes: readonly Route[] = [
  createWebhook,
  listWebhooks,
  getWebhook,
  changeWebhook,
  removeWebhook,
  rotateWebhookSecret,
  testWebhook,
  getWebhookHealth,
  probeWebhook,
  getWebhookStats,
  listWebhookStats,
];
