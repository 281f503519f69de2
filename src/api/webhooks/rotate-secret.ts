import { MAX_SECRETS, rotateSecret } from "../../config/endpoint-changes.ts";
import { runErrands } from "../../sweep/errands.ts";
import { dialectOf } from "../../systems/index.ts";
import { isoOrNull, Timestamp } from "../fields.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";
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
    previous_valid_until: Timestamp.nullable().openapi({
      description: "Until when the one before signs along; null if there was none, or it signs nothing from now on.",
    }),
    replaced: z.boolean().openapi({ description: "Whether there was a secret before." }),
    ended_early: z.int().openapi({
      description: `How many older secrets have ended with this, before their time: at most ${MAX_SECRETS} sign at once.`,
    }),
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
    const { generate, overlaps } = dialectOf(endpoint.dialect).secret;
    const secret = body.secret === undefined ? generate() : checkedSecret(endpoint.dialect, body.secret);
    // Where one secret signs, those before have ended.
    const until = overlaps ? now + body.overlap_seconds * 1000 : now;
    const { hadOne, ended, errands } = await rotateSecret(env, endpoint, secret, until, now, trail);
    await runErrands(env, errands);
    return {
      data: {
        secret,
        previous_valid_until: isoOrNull(hadOne && until > now ? until : null),
        replaced: hadOne,
        ended_early: ended,
      },
    };
  },
);
