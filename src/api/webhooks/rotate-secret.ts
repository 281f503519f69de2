import { rotateSecret } from "../../config/endpoint-changes.ts";
import { dialectOf } from "../../dialects/index.ts";
import { isoOrNull, Timestamp } from "../fields.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { z } from "../z.ts";
import { endpointChanged } from "./announce.ts";
import { GivenSecret } from "./fields.ts";
import { webhookOf } from "./find.ts";
import { checkedSecret } from "./service.ts";

const Rotation = z
  .strictObject({
    overlap_seconds: z.int().min(0).max(604_800).default(86_400).openapi({
      description:
        "How long the secrets before the new one sign along, where the dialect's header takes several signatures: `cases` and `standard`. The others sign with the new one at once.",
    }),
    secret: GivenSecret.optional().openapi({ description: "Of the dialect's form; generated if none is given." }),
  })
  .openapi("Rotation");

export const Rotated = z
  .object({
    secret: z.string().openapi({ description: "Shown here and never again." }),
    previous_valid_until: Timestamp.nullable().openapi({ description: "Null if there was no secret before." }),
  })
  .openapi("RotatedSecret");

export const rotateWebhookSecret = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/rotate-secret",
    scope: "manage",
    audit: "webhook.secret_rotated",
    tag: "Webhooks",
    summary: "Replace the secret",
    body: { schema: Rotation, optional: true },
    success: { status: 200, schema: one(Rotated) },
  },
  async ({ env, workspaceId, params, body, now, trail }) => {
    const endpoint = await webhookOf(env, { workspaceId }, params.webhook);
    const secret =
      body.secret === undefined
        ? dialectOf(endpoint.dialect).secret.generate()
        : checkedSecret(endpoint.dialect, body.secret);
    const until = now + body.overlap_seconds * 1000;
    const hadOne = await rotateSecret(env, endpoint, secret, until, now, trail);
    await endpointChanged(env, endpoint.id);
    return { data: { secret, previous_valid_until: isoOrNull(hadOne ? until : null) } };
  },
);
