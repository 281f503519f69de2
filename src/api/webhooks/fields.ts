import type { EndpointFields } from "../../config/endpoint-changes.ts";
import type { StoredDisableAfter } from "../../config/schema.ts";
import { headerFaults, MAX_BYTES, MAX_HEADERS } from "../../delivery/custom-headers.ts";
import { defaultDialect, dialects } from "../../systems/index.ts";
import { Channel, defined, EventPatterns, namedValues } from "../fields.ts";
import * as z from "../z.ts";

/** Headers that a webhook adds to every request. */
export const CustomHeaders = namedValues(z.string())
  .superRefine((headers, context) => {
    for (const { name, message } of headerFaults(headers)) {
      context.addIssue({ code: "custom", path: name === null ? [] : [name], message });
    }
  })
  .openapi({
    maxProperties: MAX_HEADERS,
    description: `At most ${MAX_BYTES} bytes, names and values together; none that requests have of themselves.`,
    example: { "X-Tenant": "acme" },
  });

/** What a URL may measure; where it may lead is the guard's matter. */
export const WebhookUrl = z
  .string()
  .min(1)
  .max(2000, "A URL has at most 2000 characters: use a shorter one")
  .openapi({ example: "https://your-app.com/webhooks/gopimi" });
/** What a secret looks like is the dialect's matter; this is beyond all of them. */
export const GivenSecret = z.string().max(1000, "A secret has at most 1000 characters: choose another");
const events = EventPatterns.openapi({ example: ["ticket.created", "ticket.updated"] });

/** When a webhook that fails is disabled: both must be reached. */
export const DisableAfter = z
  .strictObject({
    failures: z.int().min(1).max(1000).openapi({ description: "Failed probes, one after another." }),
    seconds: z
      .int()
      .min(0)
      .max(31_536_000)
      .openapi({ description: "Since its last success, or since its first failure if it never had one." }),
  })
  .openapi("DisableAfter", { example: { failures: 10, seconds: 432_000 } });

/** What returns to the dialect's rule, where null has a meaning of its own. */
const DEFAULT = "default";

/** What may be left out; null is as good as left out on creation, and clears the field in a change. */
const optional = {
  name: z.string().min(1).max(200, "A name has at most 200 characters: shorten it").nullish(),
  description: z.string().max(1000).nullish(),
  status: z.enum(["active", "paused"]).optional(),
  headers: CustomHeaders.nullish(),
  retry_policy: z
    .array(z.int().min(1).max(86_400))
    .max(10, "At most 10 delays: leave some out, or make them longer")
    .nullish()
    .openapi({ description: "Seconds before each retry; without it the dialect's.", example: [30, 120, 480] }),
  timeout_ms: z.int().min(1000).max(30_000).nullish(),
  disable_on_gone: z.boolean().nullish().openapi({
    description:
      "Whether an answer of 410 Gone disables it at once; without it as the dialect has it: only `standard` does.",
  }),
  max_concurrency: z.int().min(1).max(1000).nullish().openapi({
    description:
      "Requests that may be under way to it at once, 1: one after another. Without it as the deployment has it: MAX_CONCURRENCY, 100 unless it was set.",
  }),
  disable_after: z
    .union(
      [DisableAfter, z.literal(DEFAULT)],
      'Give failures and seconds, null for never, or "default" for the dialect\'s',
    )
    .nullish()
    .openapi({
      description:
        "When its failures disable it; null: never. Left out of a creation, or `default`: as the dialect has it, which is ten failed probes for `platform`, and ten failed probes and five days without a success for the others.",
      example: { failures: 10, seconds: 432_000 },
    }),
  channels: z.array(Channel).max(20).nullish(),
  verify_token: z.string().min(1).max(200).nullish(),
};

export const NewWebhook = z
  .strictObject({
    url: WebhookUrl,
    events,
    ...optional,
    dialect: z.enum([...dialects.keys()]).default(defaultDialect.name),
    secret: GivenSecret.optional().openapi({
      description: "Generated where the dialect signs always and none is given.",
    }),
  })
  .openapi("NewWebhook");

export const WebhookChanges = z
  .strictObject({ url: WebhookUrl.optional(), events: events.optional(), ...optional })
  .openapi("WebhookChanges");

/** Why a change does not take these. */
export const CHANGE_HINTS = {
  dialect: "A webhook keeps its dialect, as its secrets are of that form: create another webhook",
  secret: "Use rotate-secret to get another secret",
};

/** The columns that a body names; those that it leaves out are left out. */
export function webhookFields(body: z.infer<typeof WebhookChanges>): Partial<EndpointFields> {
  return defined({
    url: body.url,
    events: body.events,
    name: body.name,
    description: body.description,
    status: body.status,
    headers: body.headers === null ? {} : body.headers,
    retryPolicy: body.retry_policy,
    timeoutMs: body.timeout_ms,
    disableOnGone: body.disable_on_gone,
    maxConcurrency: body.max_concurrency,
    disableAfter: storedDisableAfter(body.disable_after),
    channels: body.channels === null ? [] : body.channels,
    verifyToken: body.verify_token,
  });
}

function storedDisableAfter(
  given: z.infer<typeof WebhookChanges>["disable_after"],
): StoredDisableAfter | null | undefined {
  if (given === null) return "never";
  return given === DEFAULT ? null : given;
}
