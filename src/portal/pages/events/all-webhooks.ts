import type * as z from "zod";
import { list } from "../../../api/page.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { apiPath, type PageContext } from "../../page-context.ts";

export type Webhook = z.infer<typeof WebhookView>;

/** All of the workspace's webhooks, the newest first. */
export async function allWebhooks(context: PageContext): Promise<Webhook[]> {
  const webhooks: Webhook[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { data: Webhook[]; next_cursor: string | null } = await context.api.get(
      apiPath(context, "/webhooks"),
      list(WebhookView),
      { limit: 100, cursor },
    );
    webhooks.push(...page.data);
    cursor = page.next_cursor;
  }
  return webhooks;
}
