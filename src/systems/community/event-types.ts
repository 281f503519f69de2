import type { EventType } from "../event-type.ts";

const system = "community";

const client = {
  Id: "35692164-bfaa-4c49-a23c-ecfa618f7d20",
  Name: "Robert Baker",
  Image: null,
  Email: "",
  Status: "client",
  IsBot: false,
};

const consultant = {
  Id: "9e50da22-0597-4212-abaa-6394d4c9ab98",
  Name: "Alice Lindqvist",
  Image: "https://cdn.example.com/avatars/alice-lindqvist.png",
  Email: "alice.lindqvist@example.com",
  Status: "consultant",
  IsBot: false,
};

/** As documented: the ticket after it went from open to pending. */
const ticket = {
  Author: client,
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
};

const newTicket = {
  ...ticket,
  LastThreadElementCreationTime: ticket.CreationTime,
  ReplyCount: 0,
  Status: "open",
};

const InboxLink = "https://yourcompany.example.com/inbox/4478963";

const note = {
  Id: 182605,
  Author: consultant,
  CreationTime: "2019-12-17T08:12:26.0904417+01:00",
  Message: "Has an appointment with Dr Moss at 15:00.",
};

/** What happens in a community: each sample is one element of the envelope's `Events`. */
export const communityEvents: readonly EventType[] = [
  {
    name: "ticket_creation",
    title: "Ticket created",
    description: "A client opened a new ticket.",
    system,
    sample: { InboxLink, Ticket: newTicket },
  },
  {
    name: "ticket_status_change",
    title: "Ticket status changed",
    description: "A ticket moved from one status to another.",
    system,
    sample: { InboxLink: "", PreviousTicketStatus: "open", Ticket: ticket },
  },
  {
    name: "ticket_assignee_change",
    title: "Ticket assignee changed",
    description: "A ticket was given to a consultant, or taken from one.",
    system,
    sample: { InboxLink, PreviousAssignee: null, Assignee: consultant, Ticket: newTicket },
  },
  {
    name: "ticket_category_change",
    title: "Ticket category changed",
    description: "A ticket was moved to another category.",
    system,
    sample: {
      InboxLink,
      PreviousCategory: ticket.Category,
      Ticket: {
        ...newTicket,
        Category: { Id: 15734, Name: "Appointments", Parents: [{ Id: 15702, Name: "Clinic" }] },
      },
    },
  },
  {
    name: "reply_creation",
    title: "Reply created",
    description: "A client or a consultant replied to a ticket.",
    system,
    sample: {
      InboxLink,
      Reply: {
        Id: 9120447,
        Author: consultant,
        CreationTime: ticket.LastThreadElementCreationTime,
        Message: "Sorry to hear that, Robert. Dr Moss can see your cat today at 15:00. Does that suit you?",
        HtmlMessage: "Sorry to hear that, Robert. Dr Moss can see your cat <b>today at 15:00</b>. Does that suit you?",
        Properties: { HasAttachments: false, IsDeleted: false, IsHidden: false },
        Source: "web",
      },
      Ticket: { ...ticket, Status: "open" },
    },
  },
  {
    name: "note_creation",
    title: "Note created",
    description: "A consultant added an internal note to a ticket.",
    system,
    sample: { InboxLink, Note: note, Ticket: ticket },
  },
  {
    name: "note_update",
    title: "Note updated",
    description: "The text of an internal note changed.",
    system,
    sample: {
      InboxLink,
      PreviousMessage: note.Message,
      Note: {
        ...note,
        LastUpdateTime: "2019-12-17T08:31:50.5520083+01:00",
        Message: "Has an appointment with Dr Moss at 16:30, moved at the client's request.",
      },
      Ticket: ticket,
    },
  },
  {
    name: "note_deletion",
    title: "Note deleted",
    description: "An internal note was deleted.",
    system,
    sample: { NoteId: 182605 },
  },
];
