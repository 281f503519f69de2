import { NewWebhook, WebhookChanges } from "../webhooks/fields.ts";

/** What this system lets be set of a webhook. */
const settable = { url: true, events: true, description: true, status: true } as const;

export const NewEndpoint = NewWebhook.pick(settable).openapi("NewEndpoint", {
  example: {
    url: "https://partner.example.com/webhooks/xpath",
    events: ["cases.*", "assignments.*"],
    description: "Partner production endpoint",
  },
});

export const EndpointChanges = WebhookChanges.pick(settable).openapi("EndpointChanges", {
  example: { status: "paused", events: ["cases.*"] },
});
