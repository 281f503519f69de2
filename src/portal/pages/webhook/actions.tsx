import type { Problem } from "../../../api/problem.ts";
import { HealthView } from "../../../api/webhooks/health.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { TestSent } from "../../../api/webhooks/send-test.ts";
import { formField, inWorkspace } from "../../page-context.ts";
import { action, type NoticeName, type PageRoute, redirect } from "../../page-route.ts";
import { pathOf } from "./load.ts";
import { settings } from "./settings.tsx";

const BASE = "/portal/{workspace}/webhooks/{webhook}";

/** A button that sets a webhook's status, and leads to its overview, where one sees what comes of it. */
const statusAction = (verb: string, status: "active" | "paused", done: NoticeName): PageRoute =>
  action({ path: `${BASE}/${verb}`, scope: "manage" }, async (context) => {
    const outcome = await context.api.send("PATCH", pathOf(context), { status }, WebhookView);
    if (!outcome.ok) return { status: 409, page: await settings(context, outcome.problem) };
    return redirect(inWorkspace(context, pathOf(context)), done);
  });

/** Probes a failing webhook, and leads to its overview, where one sees what comes of it. */
const probe = action({ path: `${BASE}/probe`, scope: "manage" }, async (context) => {
  const outcome = await context.api.send("POST", pathOf(context, "/probe"), undefined, HealthView);
  // It has recovered meanwhile, or was disabled: the page says which.
  return redirect(inWorkspace(context, pathOf(context)), outcome.ok ? "probed" : undefined);
});

/** Sends a sample of the type chosen, and leads to its delivery. */
const test = action({ path: `${BASE}/test`, scope: "manage" }, async (context) => {
  const event = formField(context, "event");
  const outcome = await context.api.send("POST", pathOf(context, "/test"), event === "" ? {} : { event }, TestSent);
  if (!outcome.ok) return { status: 409, page: await settings(context, inThesePages(outcome.problem)) };
  return redirect(inWorkspace(context, `/deliveries/${outcome.data.delivery_id}`), "tested");
});

/** The API says how it is called to make a webhook active; here is a button for it. */
const inThesePages = (problem: Problem): Problem =>
  problem.code === "webhook_inactive"
    ? { ...problem, detail: "Nothing is sent to it while it is so. Make it active again below, then send the test." }
    : problem;

export const webhookActions: readonly PageRoute[] = [
  statusAction("pause", "paused", "paused"),
  statusAction("resume", "active", "resumed"),
  statusAction("enable", "active", "resumed"),
  probe,
  test,
];
