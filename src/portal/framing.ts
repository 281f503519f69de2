import type { AppContext } from "../api/context.ts";
import { settingsOf } from "../config/settings.ts";

/** Lets the pages of the deployment's PORTAL_FRAME_ORIGINS show this answer in a frame. To none else is it shown in one. */
export function allowFraming(c: AppContext): void {
  c.set("framedBy", settingsOf(c.env).PORTAL_FRAME_ORIGINS);
}

/** Whether a frame asks for this page, where pages may be framed at all. Browsers say so, and no page can change it. */
export const isInFrame = (c: AppContext): boolean =>
  settingsOf(c.env).PORTAL_FRAME_ORIGINS.length > 0 && c.req.header("Sec-Fetch-Dest") === "iframe";
