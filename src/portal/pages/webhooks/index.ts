import type { PageRoute } from "../../page-route.ts";
import { checkUrlPage } from "./check-url.tsx";
import { changeWebhookPage, editWebhookPage } from "./edit.tsx";
import { listWebhooksPage } from "./list.tsx";
import { createWebhookPage, newWebhookPage } from "./new.tsx";
import { previewPage } from "./preview.tsx";

export const webhookListPages: readonly PageRoute[] = [
  listWebhooksPage,
  newWebhookPage,
  createWebhookPage,
  checkUrlPage,
  previewPage,
  editWebhookPage,
  changeWebhookPage,
];
