import type { OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Postmark",
  group: "email",
  brings: "What became of the mails of a message stream, and mails that an inbound stream takes in.",
  variants: [
    { id: "header", label: "A header of yours", credential: "header" },
    { id: "basic", label: "User name and password", credential: "username" },
  ],
  steps: [
    "In Postmark, open the server's message stream and add a webhook with `{url}`. For mails that come in it is the webhook URL of the inbound stream.",
    "With a header: add one to the webhook, named `{header}`, with the value that you have set here (`{value}`). With a user name and a password: put both in front of the host in the URL, `https://username:password@…`.",
    "Choose the events that you want, and save.",
  ],
  signed: "Nothing. The header or the password that both sides know is all the proof, the same for every callback.",
  caution: "Use a long random value, and never one that serves elsewhere.",
  repeats: "Mails ten times over ten and a half hours. A refused callback does not come again.",
  fields: {
    "credentials.header": {
      label: "Header's name",
      hint: "Any name of your choice, such as `X-Posthorn`.",
      ours: true,
      open: true,
    },
    "credentials.value": {
      label: "Header's value",
      hint: "Enter the same at Postmark. One was made up for you.",
      ours: true,
    },
    "credentials.username": { label: "User name", hint: "Without a colon.", ours: true, open: true },
    "credentials.password": {
      label: "Password",
      hint: "Enter the same in the URL at Postmark. One was made up for you.",
      ours: true,
    },
  },
  tickets: true,
};
