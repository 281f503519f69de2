import { endpointObject } from "../../lib/objects.ts";
import { one } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute } from "../route.ts";
import { webhookOf } from "./find.ts";
import { HealthView, healthOf } from "./health.ts";
import { requireActive } from "./inactive.ts";

export const probeWebhook = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/probe",
    scope: "manage",
    audit: "webhook.probed",
    tag: "Webhooks",
    summary:
      "Probe a failing webhook now, by what has waited longest; where nothing waits, the next event is the probe",
    codes: ["webhook_inactive", "conflict"],
    success: { status: 202, schema: one(HealthView) },
  },
  async ({ env, workspaceId, params, trail }) => {
    const webhook = await webhookOf(env, { workspaceId }, params.webhook);
    requireActive(webhook);
    // What is refused leaves no entry, and what is done leaves one first.
    if (!(await healthOf(env, webhook)).failing) throw notFailing();
    await trail.enter(env, "webhook.probed", { workspaceId, record: webhook.id });
    if (!(await endpointObject(env, webhook.id).probe())) throw notFailing();
    return { data: await healthOf(env, webhook) };
  },
);

const notFailing = (): ApiError =>
  new ApiError("conflict", "It is not failing: what is sent to it goes out by itself, without waiting for a probe.");
