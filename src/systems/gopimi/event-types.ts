import type { EventType, JsonSchema } from "../event-type.ts";

const system = "gopimi";

/** Receivers tell shared from personal by this field, so a conversation event without it must not go out. */
const conversation: JsonSchema = {
  type: "object",
  required: ["owner_id"],
  properties: {
    owner_id: {
      type: ["integer", "string", "null"],
      description: "null for a shared conversation, else the user id of its owner",
    },
  },
};

const jane = { id: 5, name: "Jane Doe", email: "jane.doe@example.com" };
const omar = { id: 12, name: "Omar Haddad", email: "omar.haddad@example.org" };
const marta = { id: 3, name: "Marta Klein", email: "marta.klein@example.com" };
const felix = { id: 7, name: "Felix Brandt", email: "felix.brandt@example.com" };

const dashboardTicket = {
  id: 42,
  subject: "Ticket #42 - Cannot access dashboard",
  status: "open",
  contact: jane,
  agent: null,
  created_at: "2026-03-26T14:30:00Z",
};

const refundTicket = {
  id: 57,
  subject: "Ticket #57 - Charged twice in March",
  status: "open",
  priority: "high",
  contact: omar,
  agent: marta,
  created_at: "2026-03-27T08:00:00Z",
};

const highPriorityPolicy = { id: 2, name: "High priority, business hours" };

const sharedInbox = { id: 1, name: "Hello", type: "shared", address: "hello@example.com" };
const felixInbox = { id: 9, name: "Felix Brandt", type: "personal", address: "felix.brandt@example.com" };

/** What happens in a workspace of the helpdesk. */
export const gopimiEvents: readonly EventType[] = [
  {
    name: "ticket.created",
    title: "Ticket created",
    description: "A new ticket was created.",
    system,
    sample: dashboardTicket,
  },
  {
    name: "ticket.updated",
    title: "Ticket updated",
    description: "Fields of a ticket changed, such as its status, priority or agent.",
    system,
    sample: {
      ...dashboardTicket,
      status: "pending",
      priority: "high",
      agent: marta,
      updated_at: "2026-03-26T14:41:12Z",
      changes: {
        status: { from: "open", to: "pending" },
        priority: { from: "normal", to: "high" },
        agent: { from: null, to: marta },
      },
    },
  },
  {
    name: "ticket.deleted",
    title: "Ticket deleted",
    description: "A ticket was moved to the trash or deleted for good.",
    system,
    sample: { id: 39, permanent: false, deleted_by: marta, deleted_at: "2026-03-26T15:02:47Z" },
  },
  {
    name: "ticket.message_created",
    title: "Message added to a ticket",
    description: "A ticket got a new message.",
    system,
    sample: {
      id: 318,
      ticket_id: 42,
      subject: "Ticket #42 - Cannot access dashboard",
      direction: "outgoing",
      author: { type: "agent", ...marta },
      body: "Hi Jane, your session had expired on our side. Please sign in again and tell me if the dashboard loads.",
      attachments: [],
      created_at: "2026-03-26T14:43:30Z",
    },
  },
  {
    name: "conversation.created",
    title: "Conversation created",
    description: "A new conversation was created, in a shared or a personal inbox.",
    system,
    schema: conversation,
    sample: {
      id: 881,
      owner_id: null,
      inbox: sharedInbox,
      subject: "Do you offer a discount for schools?",
      status: "open",
      contact: { id: 31, name: "Aiko Tanaka", email: "aiko.tanaka@example.org" },
      created_at: "2026-03-26T09:12:05Z",
    },
  },
  {
    name: "conversation.updated",
    title: "Conversation updated",
    description: "Fields of a conversation changed, in a shared or a personal inbox.",
    system,
    schema: conversation,
    sample: {
      id: 874,
      owner_id: felix.id,
      inbox: felixInbox,
      subject: "Renewal of your annual plan",
      status: "snoozed",
      contact: omar,
      created_at: "2026-03-24T16:20:00Z",
      updated_at: "2026-03-26T10:05:33Z",
      changes: {
        status: { from: "open", to: "snoozed" },
        snoozed_until: { from: null, to: "2026-04-01T07:00:00Z" },
      },
    },
  },
  {
    name: "conversation.deleted",
    title: "Conversation deleted",
    description: "A conversation was moved to the trash or deleted for good, in a shared or a personal inbox.",
    system,
    schema: conversation,
    sample: { id: 860, owner_id: marta.id, permanent: true, deleted_by: marta, deleted_at: "2026-03-26T11:30:18Z" },
  },
  {
    name: "conversation.message_created",
    title: "Message added to a conversation",
    description: "A conversation got a new message, in a shared or a personal inbox.",
    system,
    schema: conversation,
    sample: {
      id: 4127,
      conversation_id: 874,
      owner_id: felix.id,
      subject: "Renewal of your annual plan",
      direction: "incoming",
      author: { type: "contact", ...omar },
      body: "Thanks Felix. We would like to renew for twelve seats instead of ten, see the order attached.",
      attachments: [
        { id: 95, filename: "purchase-order-2291.pdf", content_type: "application/pdf", size_bytes: 48_213 },
      ],
      created_at: "2026-03-26T10:03:51Z",
    },
  },
  {
    name: "contact.created",
    title: "Contact created",
    description: "A new contact was created.",
    system,
    sample: {
      id: 31,
      name: "Aiko Tanaka",
      email: "aiko.tanaka@example.org",
      phone: "+12025550143",
      company: "Northside Primary School",
      tags: ["education"],
      created_at: "2026-03-26T09:12:04Z",
    },
  },
  {
    name: "contact.updated",
    title: "Contact updated",
    description: "Fields of a contact changed.",
    system,
    sample: {
      ...omar,
      phone: "+12025550187",
      company: "Haddad Logistics",
      tags: ["annual-plan"],
      created_at: "2025-11-03T13:55:20Z",
      updated_at: "2026-03-26T10:11:02Z",
      changes: { phone: { from: "+12025550112", to: "+12025550187" } },
    },
  },
  {
    name: "contact.deleted",
    title: "Contact deleted",
    description: "A contact was deleted.",
    system,
    sample: { id: 18, email: "l.moreau@example.org", deleted_by: felix, deleted_at: "2026-03-26T12:00:41Z" },
  },
  {
    name: "sla.first_response_breached",
    title: "First response deadline missed",
    description: "A ticket's deadline for a first response under its SLA passed without one.",
    system,
    sample: {
      ticket: refundTicket,
      policy: highPriorityPolicy,
      target_minutes: 60,
      due_at: "2026-03-27T09:00:00Z",
      breached_at: "2026-03-27T09:00:00Z",
    },
  },
  {
    name: "sla.resolution_breached",
    title: "Resolution deadline missed",
    description: "A ticket's deadline for being resolved under its SLA passed before it was.",
    system,
    sample: {
      ticket: { ...refundTicket, status: "pending" },
      policy: highPriorityPolicy,
      target_minutes: 480,
      due_at: "2026-03-27T16:00:00Z",
      breached_at: "2026-03-27T16:00:00Z",
      first_responded_at: "2026-03-27T09:14:26Z",
    },
  },
  {
    name: "sla.first_response_warning",
    title: "First response deadline approaching",
    description: "A ticket without a first response comes close to the deadline that its SLA sets for one.",
    system,
    sample: {
      ticket: refundTicket,
      policy: highPriorityPolicy,
      target_minutes: 60,
      due_at: "2026-03-27T09:00:00Z",
      remaining_minutes: 15,
    },
  },
  {
    name: "sla.resolution_warning",
    title: "Resolution deadline approaching",
    description: "A ticket that is not resolved comes close to the deadline that its SLA sets for it.",
    system,
    sample: {
      ticket: { ...refundTicket, status: "pending" },
      policy: highPriorityPolicy,
      target_minutes: 480,
      due_at: "2026-03-27T16:00:00Z",
      remaining_minutes: 60,
      first_responded_at: "2026-03-27T09:14:26Z",
    },
  },
];
