import type { OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "WhatsApp (Meta Cloud API)",
  group: "messages",
  brings: "Statuses of your WhatsApp messages, and messages that people send to you.",
  steps: [
    "In Meta's App Dashboard, open **WhatsApp → Configuration** of your app and choose to edit the webhook.",
    "Paste `{url}` as the **callback URL** and `{verify_token}` as the **verify token**, then choose **Verify and save**. Meta asks at once whether the token is right.",
    "Under **Webhook fields**, subscribe to `messages`; and to `user_preferences` if you send marketing messages.",
    "Send a WhatsApp message to your number.",
  ],
  signed: "The whole body, by the app's secret.",
  caution: "No time is signed: a recorded callback stays good, and is without an effect while its key is remembered.",
  repeats: "Ever more rarely, for up to seven days.",
  fields: {
    "credentials.app_secret": {
      label: "App secret",
      hint: "In Meta's App Dashboard under **App settings → Basic**.",
    },
    "credentials.verify_token": {
      label: "Verify token",
      hint: "Any text of yours: you enter the same at Meta. One was made up for you.",
      ours: true,
    },
  },
};
