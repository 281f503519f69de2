import type { EventType } from "../systems/event-type.ts";

const system = "operational";

const webhook = {
  webhook_id: "wh_01KGEPJD60HC97VG63XW0HS59T",
  url: "https://hooks.example.com/posthorn",
};

/** What Posthorn reports about itself, to whoever looks after the webhooks. */
export const operationalEvents: readonly EventType[] = [
  {
    name: "endpoint.disabled",
    title: "Endpoint disabled",
    description: "An endpoint failed for so long that nothing more is sent to it until it is enabled again.",
    system,
    sample: {
      ...webhook,
      at: "2026-03-27T10:22:05.640Z",
      reason: "10 consecutive failed probes",
      last_response_status: 503,
      last_error: "status",
    },
  },
  {
    name: "endpoint.enabled",
    title: "Endpoint enabled",
    description: "A disabled endpoint was enabled again, and what waited for it is sent.",
    system,
    sample: { ...webhook, at: "2026-03-27T10:31:40.118Z" },
  },
  {
    name: "endpoint.failing",
    title: "Endpoint failing",
    description:
      "An endpoint began to fail, or its failed probes reached 50 % or 70 % of the number at which it may be disabled.",
    system,
    sample: {
      ...webhook,
      at: "2026-03-27T09:15:12.008Z",
      consecutive_failures: 10,
      failed_probes: 5,
      next_probe_at: "2026-03-27T11:23:24.008Z",
      disabled_at: 10,
      percent: 50,
      last_response_status: 503,
      last_error: "status",
    },
  },
  {
    name: "delivery.exhausted",
    title: "Delivery exhausted",
    description:
      "The last retry of deliveries that travelled together failed, so they are not tried again by themselves.",
    system,
    sample: {
      ...webhook,
      at: "2026-03-26T17:22:44.871Z",
      deliveries: [
        {
          delivery_id: "019d2a8d-5a40-7000-8000-00d00000004f",
          event_id: "evt_01KMN8TPJ000000000100K7Q2M",
          event: "ticket.created",
        },
      ],
      attempts: 6,
      last_response_status: null,
      last_error: "timeout",
    },
  },
  {
    name: "delivery.expired",
    title: "Delivery expired",
    description:
      "Deliveries waited for an endpoint that was paused, disabled or failing until what is kept ended, and are not sent any more. Told at most once a day, of all since the last time.",
    system,
    sample: {
      ...webhook,
      at: "2026-04-26T03:00:07.215Z",
      count: 42,
      oldest_event_at: "2026-03-27T02:14:51.402Z",
      newest_event_at: "2026-03-27T02:59:58.930Z",
    },
  },
  {
    name: "source.verification_failed",
    title: "Source verification failed",
    description: "Callbacks to a source were rejected because they could not be proven to come from its provider.",
    system,
    sample: {
      source_id: "src_01KM5QRAN0AKX5DS99AJREKXVH",
      provider: "sendgrid",
      at: "2026-03-28T06:41:12.305Z",
      cause: "bad_signature",
      rejected: 12,
    },
  },
  {
    name: "source.attention",
    title: "Source needs attention",
    description:
      "A provider said something about a source that a person should look at, such as that it was unsubscribed; or what it sent could not be read.",
    system,
    sample: {
      source_id: "src_01KM5QRAN0AKX5DS99AJREKXVH",
      receipt_id: "rcp_01KMQ8B5TPJGAXRFADWXA2PAAF",
      provider: "aws-ses-sns",
      note: "The topic was unsubscribed: callbacks will not come any more",
    },
  },
];
