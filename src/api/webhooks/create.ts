import { insertEndpoint } from "../../config/endpoint-changes.ts";
import { dialectOf } from "../../dialects/index.ts";
import { one } from "../page.ts";
import { invalidField } from "../problem.ts";
import { defineRoute } from "../route.ts";
import { checkTarget } from "../target.ts";
import { subscriptionsChanged } from "./announce.ts";
import { NewWebhook, webhookFields } from "./fields.ts";
import { requireHandshake } from "./handshake.ts";
import { CreatedWebhook, viewWebhook } from "./representation.ts";

export const createWebhook = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks",
    scope: "manage",
    tag: "Webhooks",
    summary: "Create a webhook",
    body: { schema: NewWebhook },
    codes: ["handshake_failed"],
    success: { status: 201, schema: one(CreatedWebhook) },
  },
  async ({ env, workspaceId, body, now }) => {
    checkTarget(env, "url", body.url);
    const secret = secretFor(body.dialect, body.secret);
    await requireHandshake(body.dialect, body.url, body.verify_token);
    const fields = {
      name: null,
      description: null,
      status: "active" as const,
      headers: {},
      retryPolicy: null,
      timeoutMs: null,
      channels: [],
      verifyToken: null,
      ...webhookFields(body),
      url: body.url,
      events: body.events,
      dialect: body.dialect,
      secret,
    };
    const row = await insertEndpoint(env, workspaceId, fields, now);
    await subscriptionsChanged(env, workspaceId);
    return { data: { ...(await viewWebhook(env, row)), secret } };
  },
);

function secretFor(dialectName: string, given: string | undefined): string | null {
  const { secret } = dialectOf(dialectName);
  if (given === undefined) return secret.required ? secret.generate() : null;
  const complaint = secret.complaint(given);
  if (complaint !== undefined) throw invalidField("secret", complaint);
  return given;
}
