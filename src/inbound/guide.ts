/** What somebody has to know and do who connects a provider: as data, shown by the pages of sources. */

export type GuideGroup = "email" | "messages" | "events";

export const GROUPS: readonly { id: GuideGroup; name: string; about: string }[] = [
  { id: "email", name: "Email", about: "What became of your mails, and mails that people send to you." },
  { id: "messages", name: "SMS and WhatsApp", about: "Delivery reports, and messages that people send to you." },
  { id: "events", name: "Payments, code and others", about: "Events of other services, passed on as they are." },
];

/**
 * What is made up where somebody leaves a credential to later, as the provider tells it only once it has the URL: text,
 * one of Standard Webhooks, or a public key on P-256. Nobody can sign by it.
 */
export type Placeholder = "text" | "whsec" | "p256";

export type FieldGuide = {
  label: string;
  /** Where it is found, or what it does. `code` and **words on a screen** are marked as here. */
  hint: string;
  /** The user's own to choose, and to be entered at the provider too: one is suggested, and shown. */
  ours?: true;
  /** May come later: the provider tells it once it has the URL. */
  later?: Placeholder;
  /** A credential that is no secret: a user's name, a header's. */
  open?: true;
  /** An option that is no side matter: it is shown at once. */
  main?: true;
  /** What the choices mean, by their values. */
  choices?: Readonly<Record<string, string>>;
};

/** One of the ways in which a provider can be set up. */
export type Variant = {
  /** Where the options say which way it is: the value that says so. */
  id: string;
  label: string;
  /** One of the credentials that only this way has. */
  credential: string;
};

/** As a provider's folder has it. */
export type OwnGuide = {
  name: string;
  group: GuideGroup;
  /** What comes in. */
  brings: string;
  /**
   * What to do at the provider, with `{url}` for the callback URL, `{source}` for the source's id, and `{name}` for what
   * somebody has chosen himself as that credential.
   */
  steps: readonly string[];
  signed: string;
  /** What is not proven. */
  caution?: string;
  repeats: string;
  /** By `credentials.name` and `options.name`. */
  fields: Readonly<Record<string, FieldGuide>>;
  variants?: readonly Variant[];
  /** Whether mails come, which may belong to tickets. */
  tickets?: true;
  /** Whether it comes by mail, and the callback URL is of no use. */
  byMail?: true;
  /** Whether it is for whoever has no provider of their own here. */
  forOthers?: true;
};

export type Guide = OwnGuide & {
  /** As the registry of providers calls it. */
  provider: string;
};

/** How old a signed time may be. */
export const ageField = (usual: string): FieldGuide => ({
  label: "Oldest signature, in seconds",
  hint: `How far a signed time may be from now. Usual: ${usual}. 0 takes any age, recordings too; at most 604 800, a week.`,
});

export const TICKET_FIELDS: Readonly<Record<string, FieldGuide>> = {
  "options.ticket_address": {
    label: "Address of a ticket",
    hint: "An address with `{ticket}` in it, such as `reply+{ticket}@in.example.com`. Mail to it belongs to that ticket.",
  },
  "options.ticket_subject": {
    label: "Subject of a ticket",
    hint: "A part of a subject with `{ticket}` in it, such as `[#{ticket}]`.",
  },
  "options.ticket_auto": {
    label: "Automatic answers are messages of tickets",
    hint: "Out of office notices and other answers of programs. Otherwise they become `message.received`.",
  },
};
