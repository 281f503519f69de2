import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Anything else",
  group: "events",
  brings: "Whoever signs the body by HMAC, or shows a password or a header.",
  forOthers: true,
  variants: [
    { id: "hmac", label: "HMAC signature", credential: "secret" },
    { id: "basic", label: "User name and password", credential: "username" },
    { id: "header", label: "A header", credential: "value" },
  ],
  steps: [
    "At the sender, set `{url}` as the address that its events are posted to.",
    "Give both sides the same secret, password or header. Without a signature the answer is 401, upon which some senders show their password.",
    "Have the sender send something, and look at its receipt here: whether the event has the name that you expect.",
  ],
  signed: "By HMAC: the body, or what the template says. By a password or a header nothing.",
  caution:
    "A name or an id out of a header can be changed by whoever can repeat a callback, unless the header is signed.",
  repeats: "As the sender likes. The same id, or without one the same body, counts once within seven days.",
  fields: {
    "credentials.secret": {
      label: "Secret",
      hint: "What the sender signs by. One was made up for you; put the sender's own in its place if it has one.",
      ours: true,
    },
    "credentials.username": { label: "User name", hint: "Without a colon.", ours: true, open: true },
    "credentials.password": { label: "Password", hint: "One was made up for you.", ours: true },
    "credentials.value": { label: "Header's value", hint: "One was made up for you.", ours: true },
    "options.header": {
      main: true,
      label: "Header",
      hint: "The one that the signature or the value stands in, such as `X-Signature`.",
    },
    "options.hash": { main: true, label: "Hash", hint: "Of the HMAC." },
    "options.encoding": { main: true, label: "Encoding", hint: "Of the signature." },
    "options.prefix": {
      main: true,
      label: "Prefix",
      hint: "What stands before the signature in its header, such as `sha256=`.",
    },
    "options.timestamp_header": {
      label: "Header of the time",
      hint: "If the time is signed too. In seconds or milliseconds since 1970, or by ISO 8601.",
    },
    "options.template": {
      label: "What is signed",
      hint: "A text with `{body}` and, with a header of the time, `{timestamp}` in it. Empty: `{body}`, or `{timestamp}.{body}`.",
    },
    "options.tolerance": ageField("300"),
    "options.event_path": {
      main: true,
      label: "Path of the event's name",
      hint: "In the body, such as `type` or `data.kind`. The first of this, the header and the fixed name that is there counts.",
    },
    "options.event_header": { main: true, label: "Header of the event's name", hint: "Such as `X-Event`." },
    "options.event": {
      main: true,
      label: "Fixed name of events",
      hint: "If neither is there. One of the three must be given.",
    },
    "options.id_path": {
      label: "Path of the id",
      hint: "In the body: the id that repetitions share. Without one it is the body's hash.",
    },
    "options.id_header": { label: "Header of the id", hint: "Such as `X-Delivery-Id`." },
  },
};
