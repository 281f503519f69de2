import type { OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Plivo",
  group: "messages",
  brings: "Delivery reports of your SMS and WhatsApp messages, and messages that people send to you.",
  steps: [
    "For delivery reports, send `{url}` as `url` with each message.",
    "For messages that come in, open **Messaging → Applications** in the Plivo console and paste it as the **message URL** of the application that your number belongs to.",
    "Send a message to the number, or from it.",
  ],
  signed: "In version 3: the URL, its query, the form and a nonce.",
  caution:
    "In version 2 neither the query nor the form is signed. Refuse it as soon as you see that your account sends version 3. Neither signs a time.",
  repeats: "Messages for up to 24 hours.",
  fields: {
    "credentials.auth_token": {
      label: "Auth token",
      hint: "On the start page of the Plivo console: of the main account, or of the sub-account that sends.",
    },
    "options.require_v3": {
      main: true,
      label: "Refuse signatures of version 2",
      hint: "They cover neither what is told nor about whom.",
    },
  },
};
