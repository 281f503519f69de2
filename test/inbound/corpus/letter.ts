/** A mail as somebody means it, before any program writes it down; and what is to be read of it. */

export interface Mailbox {
  name?: string;
  address: string;
}

export interface FileOf {
  name: string;
  type: string;
  content: string;
  /** Of one that the HTML shows, without brackets. */
  contentId?: string;
}

/** How a program writes what is no ASCII. */
export interface Style {
  charset: "us-ascii" | "iso-8859-1" | "utf-8";
  /** Of bodies (RFC 2045). */
  encoding: "7bit" | "8bit" | "quoted-printable" | "base64";
  /** Of encoded words (RFC 2047). */
  words: "Q" | "B";
}

export interface Letter {
  title: string;
  style: Style;
  messageId: string;
  from: Mailbox;
  sender?: Mailbox;
  replyTo: readonly Mailbox[];
  to: readonly Mailbox[];
  cc: readonly Mailbox[];
  /** Headers that servers on its way have written. */
  deliveredTo: readonly string[];
  subject: string | null;
  /** With LF at the end of each line. */
  text: string | null;
  html: string | null;
  files: readonly FileOf[];
  inReplyTo: string | null;
  references: readonly string[];
  /** Whom it is carried from and to. */
  envelope: { from: string; to: string };
  /** What of the text is new, and what is not, as its writer means it. */
  reply: string | null;
  quoted: string | null;
}

/** What is written in a style: names, a word of a subject, a sentence. */
interface Words {
  name: string;
  subject: string;
  sentence: string;
}

const WORDS: Record<Style["charset"], Words> = {
  "us-ascii": { name: "Jane Doe", subject: "Question about an invoice", sentence: "The invoice of May is missing." },
  "iso-8859-1": { name: "Zoë Grünwald", subject: "Größe der Anhänge", sentence: "Das Gerät läuft über Nacht heiß." },
  "utf-8": {
    name: "Žofie Nováková 木村",
    subject: "Účet č. 5 – 請求書 🎉 opraveno",
    sentence: "Děkuji, 届きました. 🙂",
  },
};

export const STYLES: readonly Style[] = [
  { charset: "us-ascii", encoding: "7bit", words: "Q" },
  { charset: "us-ascii", encoding: "quoted-printable", words: "B" },
  { charset: "iso-8859-1", encoding: "quoted-printable", words: "Q" },
  { charset: "iso-8859-1", encoding: "8bit", words: "B" },
  { charset: "utf-8", encoding: "quoted-printable", words: "Q" },
  { charset: "utf-8", encoding: "base64", words: "B" },
  { charset: "utf-8", encoding: "8bit", words: "B" },
];

const HELP = "help@in.example.com";
const OLD_ID = "<first.1@mail.example.com>";
const HISTORY = "> Which invoice do you mean?\n> The one of April is paid.";
const ATTRIBUTION = "On Thu, 26 Mar 2026 at 15:43, Help <help@example.com> wrote:";

type Change = (letter: Letter, words: Words) => Partial<Letter>;

/** What mails differ in, apart from their style. */
const KINDS: Record<string, Change> = {
  "nothing but text": () => ({}),
  "nothing but HTML": (_, { sentence }) => ({ text: null, html: `<p>Hello</p><p>${sentence}</p>` }),
  "text and HTML": (_, { sentence }) => ({ html: `<div>Hello</div><div><b>${sentence}</b></div>` }),
  "an empty text beside HTML": (_, { sentence }) => ({ text: "\n", html: `<p>${sentence}</p>` }),
  "a file": () => ({ files: [{ name: "report.pdf", type: "application/pdf", content: "%PDF-1.7 pages" }] }),
  "two files beside text and HTML": (_, { sentence }) => ({
    html: `<p>${sentence}</p>`,
    files: [
      { name: "a.csv", type: "text/csv", content: "a,b\n1,2" },
      { name: "b.zip", type: "application/zip", content: "PK\u0003\u0004" },
    ],
  }),
  "a picture in the HTML": (_, { sentence }) => ({
    html: `<p>${sentence}</p><img src="cid:logo@example.com">`,
    files: [{ name: "logo.png", type: "image/png", content: "\u0089PNG", contentId: "logo@example.com" }],
  }),
  "a text as a file": () => ({ files: [{ name: "log.txt", type: "text/plain", content: "line 1\nline 2" }] }),
  "several recipients": ({ to }) => ({
    to: [...to, { name: "Doe, John", address: "john@example.org" }, { address: "third@example.org" }],
    cc: [{ name: 'The "Boss"', address: "boss@example.org" }, { address: "more@example.org" }],
  }),
  "an answer to somebody else": (_, { name }) => ({
    replyTo: [{ name, address: "answers@example.org" }],
    sender: { address: "assistant@example.org" },
  }),
  "behind a forwarding rule": () => ({
    to: [{ name: "Support", address: "support@company.example" }],
    deliveredTo: ["support@company.example", HELP],
    envelope: { from: "support+caf_=help=in.example.com@company.example", to: HELP },
  }),
  "sent to many, this one in Bcc": () => ({ to: [{ address: "list@example.org" }] }),
  "an answer with a history": ({ text }) => ({
    text: `${text}\n${ATTRIBUTION}\n\n${HISTORY}\n`,
    quoted: `${ATTRIBUTION}\n\n${HISTORY}`,
    inReplyTo: OLD_ID,
    references: [OLD_ID],
  }),
  "an answer with a history in HTML, too": ({ text }, { sentence }) => ({
    text: `${text}\n${ATTRIBUTION}\n\n${HISTORY}\n`,
    quoted: `${ATTRIBUTION}\n\n${HISTORY}`,
    html: `<div>Hello</div><div>${sentence}</div><div class="gmail_quote"><div class="gmail_attr">${ATTRIBUTION.replace("<", "&lt;").replace(">", "&gt;")}</div><blockquote class="gmail_quote">Which invoice do you mean?<br>The one of April is paid.</blockquote></div>`,
    inReplyTo: OLD_ID,
    references: ["<zero.0@mail.example.com>", OLD_ID],
  }),
  "an answer with a long thread": () => {
    const references = Array.from({ length: 30 }, (_, number) => `<part.${number}@mail.example.com>`);
    return { references, inReplyTo: references.at(-1) ?? null };
  },
  "a signature": ({ text }, { name }) => ({
    text: `${text}\n-- \n${name}\nAccounts, room 5\n`,
    quoted: `-- \n${name}\nAccounts, room 5`,
  }),
  "an answer between the lines": ({ text }) => {
    const between = `> Which invoice do you mean?\nThe one of May.\n> Is it paid?\nIt is.\n`;
    return { text: `${text}\n${between}`, reply: `${text}\n${between}`.trim() };
  },
  "something handed on": ({ text }) => {
    const handedOn = `---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nDate: Thu, 26 Mar 2026 at 15:43\nSubject: Late\nTo: <jane@example.com>\n\nYour order is late.\n`;
    return { subject: "Fwd: Late", text: `${text}\n${handedOn}`, reply: `${text}\n${handedOn}`.trim() };
  },
  "no subject": () => ({ subject: null }),
  "a long subject": (_, { subject }) => ({ subject: Array(8).fill(subject).join(", ") }),
};

let number = 0;

function letterOf(title: string, style: Style, change: Change): Letter {
  const words = WORDS[style.charset];
  const text = `Hello\n\n${words.sentence}\n`;
  const usual: Letter = {
    title: `${title}, ${style.charset}, ${style.encoding}, ${style.words}`,
    style,
    messageId: `<letter.${++number}@mail.example.com>`,
    from: { name: words.name, address: "jane@example.com" },
    replyTo: [],
    to: [{ address: HELP }],
    cc: [],
    deliveredTo: [],
    subject: words.subject,
    text,
    html: null,
    files: [],
    inReplyTo: null,
    references: [],
    envelope: { from: "jane@example.com", to: HELP },
    reply: text.trim(),
    quoted: null,
  };
  return { ...usual, ...change(usual, words) };
}

/** Each kind in each style. */
export const LETTERS: readonly Letter[] = Object.entries(KINDS).flatMap(([title, change]) =>
  STYLES.map((style) => letterOf(title, style, change)),
);
