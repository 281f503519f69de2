import type { EventType } from "../event-type.ts";

const system = "platform";

const requester = { id: "7b1f0c52-8d0e-4c39-9b56-2f1f6a0c9d11", name: "Jane Doe", email: "jane.doe@example.com" };
const nadia = { id: "c8a4e2d7-3f65-4b80-a1e9-5d7b0f2c6e34", name: "Nadia Petrov", email: "nadia.petrov@example.com" };
const support = { id: "e2d90b6f-71c4-4a58-8f3d-90a6c1b5d872", name: "Tier 1 support" };

const openTicket = {
  ticketId: "aa9ca521-deb0-456c-a6fb-10ae87f5b780",
  ticketNumber: 1042,
  subject: "Survey link shows an empty page",
  status: "open",
  priority: "medium",
  channel: "email",
  requester,
  team: support,
  assignee: null,
  tags: ["survey", "browser"],
  createdAt: "2025-01-15T10:30:00.000Z",
  updatedAt: "2025-01-15T10:30:00.000Z",
};

const assignedTicket = { ...openTicket, assignee: nadia, updatedAt: "2025-01-15T10:36:42.518Z" };

const firstResponse = { metric: "first_response", policy: "Standard support", targetMinutes: 120 };

/** Tickets and their messages, and the responses to surveys. */
export const platformEvents: readonly EventType[] = [
  {
    name: "ticket.created",
    title: "Ticket created",
    description: "A new ticket was opened, by a customer or by an agent on their behalf.",
    system,
    sample: {
      ...openTicket,
      description: "The link in yesterday's invitation opens a blank page in Firefox. In Chrome it works.",
    },
  },
  {
    name: "ticket.updated",
    title: "Ticket updated",
    description: "Fields of a ticket changed.",
    system,
    sample: {
      ...assignedTicket,
      priority: "high",
      tags: ["survey", "browser", "firefox"],
      updatedAt: "2025-01-15T10:40:03.771Z",
      changes: {
        priority: { from: "medium", to: "high" },
        tags: { from: ["survey", "browser"], to: ["survey", "browser", "firefox"] },
      },
      updatedBy: nadia,
    },
  },
  {
    name: "ticket.status_changed",
    title: "Ticket status changed",
    description: "A ticket moved from one status to another.",
    system,
    sample: {
      ...assignedTicket,
      status: "waiting_on_customer",
      previousStatus: "open",
      changedBy: nadia,
      updatedAt: "2025-01-15T11:02:19.040Z",
    },
  },
  {
    name: "ticket.resolved",
    title: "Ticket resolved",
    description: "A ticket was marked as resolved.",
    system,
    sample: {
      ...assignedTicket,
      status: "resolved",
      resolution: "The theme loaded a font that Firefox blocked; the survey now uses a built-in one.",
      resolvedBy: nadia,
      resolvedAt: "2025-01-15T14:25:51.332Z",
      resolutionMinutes: 236,
      updatedAt: "2025-01-15T14:25:51.332Z",
    },
  },
  {
    name: "ticket.closed",
    title: "Ticket closed",
    description: "A ticket was closed and takes no more replies.",
    system,
    sample: {
      ...assignedTicket,
      status: "closed",
      closeReason: "no_reply_after_resolution",
      resolvedAt: "2025-01-15T14:25:51.332Z",
      closedAt: "2025-01-18T14:26:00.105Z",
      updatedAt: "2025-01-18T14:26:00.105Z",
    },
  },
  {
    name: "ticket.assigned",
    title: "Ticket assigned",
    description: "A ticket was given to an agent or a team.",
    system,
    sample: { ...assignedTicket, previousAssignee: null, assignedBy: { type: "rule", name: "Round robin" } },
  },
  {
    name: "ticket.sla_warning",
    title: "SLA deadline approaching",
    description: "A ticket comes close to missing a target of its SLA.",
    system,
    sample: {
      ...openTicket,
      sla: { ...firstResponse, dueAt: "2025-01-15T12:30:00.000Z", remainingMinutes: 30 },
    },
  },
  {
    name: "ticket.sla_breached",
    title: "SLA deadline missed",
    description: "A ticket missed a target of its SLA.",
    system,
    sample: {
      ...openTicket,
      sla: { ...firstResponse, dueAt: "2025-01-15T12:30:00.000Z", breachedAt: "2025-01-15T12:30:00.000Z" },
    },
  },
  {
    name: "message.created",
    title: "Message created",
    description: "A customer or an agent added a message to a ticket.",
    system,
    sample: {
      messageId: "2c7a9b68-36e5-409c-98d3-00db0d9a905a",
      ticketId: openTicket.ticketId,
      ticketNumber: openTicket.ticketNumber,
      direction: "inbound",
      channel: "email",
      author: { type: "customer", ...requester },
      text: "It is Firefox 134 on Windows 11. Here is what I see.",
      attachments: [
        {
          id: "fb151d16-e646-43fb-9d8f-26776466e47a",
          filename: "blank-page.png",
          contentType: "image/png",
          size: 91_044,
          url: "https://files.example.com/attachments/fb151d16-e646-43fb-9d8f-26776466e47a",
        },
      ],
      createdAt: "2025-01-15T11:20:08.614Z",
    },
  },
  {
    name: "survey.response_completed",
    title: "Survey response completed",
    description: "A respondent finished a survey.",
    system,
    sample: {
      responseId: "b7dd17de-cb90-48f4-a45f-73c3312de20d",
      completedAt: "2025-02-03T16:04:11.267Z",
      answers: {
        satisfaction: { value: "Very satisfied", choiceIds: ["choice_5"] },
        features_used: { value: "Reports, Reminders", choiceIds: ["choice_2", "choice_4"] },
        recommend: { value: 9, choiceIds: [] },
        comment: { value: "The reminders save us a call every week.", choiceIds: [] },
      },
      embeddedData: { customerId: "C-20817", plan: "team", region: "emea" },
      metadata: {
        startedAt: "2025-02-03T16:00:59.120Z",
        durationSeconds: 192,
        language: "en",
        device: "mobile",
        distribution: "email",
      },
    },
  },
];
