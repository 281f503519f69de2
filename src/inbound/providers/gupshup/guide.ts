import type { OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Gupshup (WhatsApp)",
  group: "messages",
  brings: "Statuses of your WhatsApp messages, and messages that people send to you.",
  steps: [
    "By Gupshup's partner API, create a subscription of your app with `{url}`. It alone can have headers sent along: where only a URL can be set, this source cannot be used.",
    "In its `meta`, have the header `{header}` sent with the value that you have set here (`{value}`).",
    "Gupshup checks the URL at once, with a callback of its own.",
  ],
  signed: "Nothing. The header that both sides know is all the proof, the same for every callback.",
  caution: "Use a long random value, and never one that serves elsewhere.",
  repeats: "After anything but an empty 2xx within 10 s.",
  fields: {
    "credentials.header": {
      label: "Header's name",
      hint: "Any name of your choice, such as `X-Posthorn`.",
      ours: true,
      open: true,
    },
    "credentials.value": {
      label: "Header's value",
      hint: "Enter the same in the subscription's `meta`. One was made up for you.",
      ours: true,
    },
  },
};
