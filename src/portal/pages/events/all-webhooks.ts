import type * as z from "zod";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import type { PageContext } from "../../page-context.ts";

export type Webhook = z.infer<typeof WebhookView>;

/** All of the workspace's webhooks, the newest first. */
export const allWebhooks = async ({ api }: PageContext): Promise<Webhook[]> =>
  (await api.all("/webhooks", WebhookView)).rows;
