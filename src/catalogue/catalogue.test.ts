import { describe, expect, it } from "vitest";
import { parseDeliveryId, parseEventId } from "../lib/ids.ts";
import { casesEvents } from "../systems/cases/event-types.ts";
import { communityEvents } from "../systems/community/event-types.ts";
import type { EventType } from "../systems/event-type.ts";
import { gopimiEvents } from "../systems/gopimi/event-types.ts";
import { platformEvents } from "../systems/platform/event-types.ts";
import { inboundEvents } from "./inbound.ts";
import { Budget } from "./json-schema/budget.ts";
import { operationalEvents } from "./operational.ts";
import { MAX_STEPS, PayloadSchema } from "./payload-schema.ts";

const CATALOGUES: readonly [system: string, events: readonly EventType[], names: readonly string[]][] = [
  [
    "gopimi",
    gopimiEvents,
    [
      "ticket.created",
      "ticket.updated",
      "ticket.deleted",
      "ticket.message_created",
      "conversation.created",
      "conversation.updated",
      "conversation.deleted",
      "conversation.message_created",
      "contact.created",
      "contact.updated",
      "contact.deleted",
      "sla.first_response_breached",
      "sla.resolution_breached",
      "sla.first_response_warning",
      "sla.resolution_warning",
    ],
  ],
  [
    "platform",
    platformEvents,
    [
      "ticket.created",
      "ticket.updated",
      "ticket.status_changed",
      "ticket.resolved",
      "ticket.closed",
      "ticket.assigned",
      "ticket.sla_warning",
      "ticket.sla_breached",
      "message.created",
      "survey.response_completed",
    ],
  ],
  [
    "cases",
    casesEvents,
    [
      "cases.created",
      "cases.updated",
      "cases.closed",
      "cases.archived",
      "cases.unarchived",
      "cases.tasks.created",
      "cases.tasks.updated",
      "cases.tasks.deleted",
      "cases.expenses.created",
      "cases.expenses.updated",
      "cases.expenses.deleted",
      "assignments.created",
      "assignments.updated",
      "assignments.status.updated",
      "assignments.archived",
      "assignments.unarchived",
      "assignments.extensions.created",
      "assignments.contacts.created",
      "assignments.contacts.updated",
      "assignments.contacts.deleted",
      "assignments.billing-details.created",
      "assignments.billing-details.updated",
      "assignments.billing-details.deleted",
    ],
  ],
  [
    "community",
    communityEvents,
    [
      "ticket_creation",
      "ticket_status_change",
      "ticket_assignee_change",
      "ticket_category_change",
      "reply_creation",
      "note_creation",
      "note_update",
      "note_deletion",
    ],
  ],
  [
    "inbound",
    inboundEvents,
    [
      "email.queued",
      "email.sent",
      "email.delivered",
      "email.deferred",
      "email.bounced",
      "email.dropped",
      "email.failed",
      "email.complained",
      "email.opened",
      "email.clicked",
      "email.unsubscribed",
      "sms.queued",
      "sms.deferred",
      "sms.sent",
      "sms.delivered",
      "sms.read",
      "sms.failed",
      "sms.dropped",
      "whatsapp.queued",
      "whatsapp.sent",
      "whatsapp.delivered",
      "whatsapp.read",
      "whatsapp.failed",
      "whatsapp.dropped",
      "whatsapp.unsubscribed",
      "message.received",
    ],
  ],
  [
    "operational",
    operationalEvents,
    [
      "endpoint.disabled",
      "endpoint.enabled",
      "endpoint.failing",
      "delivery.exhausted",
      "delivery.expired",
      "source.verification_failed",
      "source.attention",
    ],
  ],
];

const MAX_SAMPLE_BYTES = 8192;

const named = (events: readonly EventType[], name: string) => events.find((event) => event.name === name);

describe.each(CATALOGUES)("%s", (system, events, names) => {
  it("has exactly the documented types, in order, each once", () => {
    expect(events.map((event) => event.name)).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
    for (const event of events) expect(event.system).toBe(system);
  });

  it.each(events)("describes $name", ({ name, title, description }) => {
    expect(name).toMatch(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(description).toMatch(/^[A-Z].*\.$/);
  });

  it.each(events)("has a sample of $name that is small and JSON", ({ sample }) => {
    const text = JSON.stringify(sample);
    expect(JSON.parse(text)).toStrictEqual(sample);
    expect(new TextEncoder().encode(text).length).toBeLessThan(MAX_SAMPLE_BYTES);
  });

  it("has no sample that its own schema would refuse", () => {
    for (const { schema, sample } of events) {
      expect(
        schema === undefined ? [] : new PayloadSchema(schema, "a type").complaints(sample, new Budget(MAX_STEPS)),
      ).toEqual([]);
    }
  });

  it("repeats no sample", () => {
    for (const [index, { sample }] of events.entries()) {
      for (const other of events.slice(index + 1)) expect(other.sample).not.toEqual(sample);
    }
  });

  it("names nobody who could exist", () => {
    const text = JSON.stringify(events);
    for (const [, domain] of text.matchAll(/[\w.+-]+@([\w.-]+\.(?:com|org|net|io))/g)) {
      expect(domain).toMatch(/^([\w-]+\.)*example\.(com|org)$/);
    }
    for (const [, host] of text.matchAll(/https?:\/\/([^/"]+)/g)) expect(host).toMatch(/^([\w-]+\.)*example\.com$/);
    for (const [phone] of text.matchAll(/\+\d{6,}/g)) expect(phone).toMatch(/^\+1\d{3}55501\d\d$/);
  });
});

describe("gopimi", () => {
  it("shows the documented ticket", () => {
    expect(named(gopimiEvents, "ticket.created")?.sample).toStrictEqual({
      id: 42,
      subject: "Ticket #42 - Cannot access dashboard",
      status: "open",
      contact: { id: 5, name: "Jane Doe", email: "jane.doe@example.com" },
      agent: null,
      created_at: "2026-03-26T14:30:00Z",
    });
  });

  it("says of every conversation whose it is, and demands it of publishers", () => {
    const conversations = gopimiEvents.filter((event) => event.name.startsWith("conversation."));
    const owners = conversations.map(({ sample }) =>
      typeof sample === "object" && sample !== null && "owner_id" in sample ? sample.owner_id : undefined,
    );
    expect(owners).toHaveLength(4);
    expect(owners).not.toContain(undefined);
    expect(owners).toContain(null);
    expect(owners.some((owner) => typeof owner === "number")).toBe(true);
    for (const { schema } of conversations) {
      expect(schema).toMatchObject({
        type: "object",
        required: ["owner_id"],
        properties: { owner_id: { type: ["integer", "string", "null"] } },
      });
    }
  });

  it("demands nothing of the other types", () => {
    const others = gopimiEvents.filter((event) => !event.name.startsWith("conversation."));
    expect(others.map((event) => event.schema)).toEqual(others.map(() => undefined));
  });
});

describe("community", () => {
  it("shows the documented change of status", () => {
    expect(named(communityEvents, "ticket_status_change")?.sample).toStrictEqual({
      InboxLink: "",
      PreviousTicketStatus: "open",
      Ticket: {
        Author: {
          Id: "35692164-bfaa-4c49-a23c-ecfa618f7d20",
          Name: "Robert Baker",
          Image: null,
          Email: "",
          Status: "client",
          IsBot: false,
        },
        Category: { Id: 15721, Name: "Other cases", Parents: [] },
        CreationTime: "2019-12-17T08:03:48.318717+01:00",
        DetailedSource: "web_website",
        Id: 4478963,
        LastThreadElementCreationTime: "2019-12-17T08:10:03.8181291+01:00",
        LockedBy: null,
        Message: "I want to take my cat to a vet",
        OriginalLink: null,
        Properties: {
          IsAnonymized: false,
          IsMuted: false,
          HasAttachments: false,
          HasDraft: false,
          IsAssignedToBot: false,
          IsDeleted: false,
          IsExpired: false,
          IsHidden: false,
          IsLocked: false,
          IsSpam: false,
          IsSensitive: false,
        },
        ReplyCount: 1,
        Sentiment: "question",
        Source: "web",
        SourceName: null,
        Status: "pending",
        Title: "Cat is ill",
        HtmlMessage: "I want to take my cat to a vet",
      },
    });
  });

  it("shows the documented deletion of a note", () => {
    expect(named(communityEvents, "note_deletion")?.sample).toStrictEqual({ NoteId: 182605 });
  });
});

describe("inbound", () => {
  it.each(inboundEvents)("reports the channel and status that $name says", ({ name, sample }) => {
    const [channel, status] = name.split(".");
    expect(sample).toMatchObject(name === "message.received" ? { channel: "email" } : { channel, status });
  });
});

describe("operational", () => {
  it("names an event and a delivery as this service does", () => {
    const sample = named(operationalEvents, "delivery.exhausted")?.sample;
    const text = JSON.stringify(sample);
    expect(parseEventId(/evt_\w+/.exec(text)?.[0] ?? "")).toBeDefined();
    expect(parseDeliveryId(/"delivery_id":"([^"]+)"/.exec(text)?.[1] ?? "")).toBeDefined();
  });
});
