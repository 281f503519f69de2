import type { Problem } from "../../../api/problem.ts";
import { HealthView } from "../../../api/webhooks/health.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { TestSent } from "../../../api/webhooks/send-test.ts";
import { formField, inWorkspace } from "../../page-context.ts";
import { action, type NoticeName, type PageRoute, redirect } from "../../page-route.ts";
import { ofWebhook } from "../../parts/webhook-head.tsx";
import { webhookPath } from "./load.ts";
import { settings } from "./settings.tsx";

const BASE = "/portal/{workspace}/webhooks/{webhook}";

/** A button that sets a webhook's status, and leads to its overview, where one sees what comes of it. */
function statusAction(verb: string, status: "active" | "paused", done: NoticeName): PageRoute {
  return action({ path: `${BASE}/${verb}`, scope: "manage" }, async (context) => {
    const outcome = await context.api.send("PATCH", webhookPath(context), { status }, WebhookView);
    if (!outcome.ok) return { status: 409, page: await settings(context, outcome.problem) };
    return redirect(ofWebhook(context, outcome.data), done);
  });
}

export const pauseAction = statusAction("pause", "paused", "paused");
export const resumeAction = statusAction("resume", "active", "resumed");
export const enableAction = statusAction("enable", "active", "resumed");

/** Probes a failing webhook, and leads to its overview, where one sees what comes of it. */
export const probeAction = action({ path: `${BASE}/probe`, scope: "manage" }, async (context) => {
  const outcome = await context.api.send("POST", webhookPath(context, "/probe"), undefined, HealthView);
  // It has recovered meanwhile, or was disabled: the page says which.
  const path = ofWebhook(context, { id: context.params.webhook ?? "" });
  return outcome.ok ? redirect(path, "probed") : redirect(path);
});

/** Sends a sample of the type chosen, and leads to its delivery. */
export const testAction = action({ path: `${BASE}/test`, scope: "manage" }, async (context) => {
  const event = formField(context, "event");
  const body = event === "" ? {} : { event };
  const outcome = await context.api.send("POST", webhookPath(context, "/test"), body, TestSent);
  if (!outcome.ok) return { status: 409, page: await settings(context, inThesePages(outcome.problem)) };
  return redirect(inWorkspace(context, `/deliveries/${outcome.data.delivery_id}`), "tested");
});

/** The API says how it is called to make a webhook active; here is a button for it. */
const inThesePages = (problem: Problem): Problem =>
  problem.code === "webhook_inactive"
    ? { ...problem, detail: "Nothing is sent to it while it is so. Make it active again below, then send the test." }
    : problem;
