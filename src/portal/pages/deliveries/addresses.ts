import { asked, inWorkspace, type Visit } from "../../visit.ts";

/** Where a webhook's deliveries are listed. */
export const listPath = (visit: Visit, webhook: string): string =>
  inWorkspace(visit, `/webhooks/${encodeURIComponent(webhook)}/deliveries`);

export const replayPath = (visit: Visit, webhook: string): string =>
  inWorkspace(visit, `/webhooks/${encodeURIComponent(webhook)}/replay`);

export const deliveryPath = (visit: Visit, delivery: string): string =>
  inWorkspace(visit, `/deliveries/${encodeURIComponent(delivery)}`);

/** The parameter of the page's path. */
export const param = (visit: Visit, name: string): string => visit.params[name] ?? "";

/** Whether the page renews itself: its first page does, unless somebody has paused it. */
export const isLive = (visit: Visit): boolean => asked(visit, "cursor") === "" && asked(visit, "live") !== "off";
