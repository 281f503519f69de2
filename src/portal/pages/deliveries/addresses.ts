import { inWorkspace, type PageContext, queryParam } from "../../page-context.ts";

/** Where a webhook's deliveries are listed. */
export const listPath = (context: PageContext, webhook: string): string =>
  inWorkspace(context, `/webhooks/${encodeURIComponent(webhook)}/deliveries`);

export const replayPath = (context: PageContext, webhook: string): string =>
  inWorkspace(context, `/webhooks/${encodeURIComponent(webhook)}/replay`);

export const deliveryPath = (context: PageContext, delivery: string): string =>
  inWorkspace(context, `/deliveries/${encodeURIComponent(delivery)}`);

/** The parameter of the page's path. */
export const param = (context: PageContext, name: string): string => context.params[name] ?? "";

/** Whether the page renews itself: its first page does, unless somebody has paused it. */
export const isLive = (context: PageContext): boolean =>
  queryParam(context, "cursor") === "" && queryParam(context, "live") !== "off";
