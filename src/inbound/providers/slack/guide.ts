import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Slack",
  group: "events",
  brings: "Events, interactions and slash commands of a Slack app, as `slack.app_mention`.",
  steps: [
    "In your app at api.slack.com, open **Event Subscriptions**, switch it on and paste `{url}` as the **Request URL**. Slack checks it at once: the signing secret here must be right by then.",
    "Subscribe to the events that you want, and save.",
    "For buttons and menus, paste it under **Interactivity & Shortcuts** too; for commands, under **Slash Commands**.",
  ],
  signed: "The time and the whole body.",
  repeats: "After anything but 2xx within 3 s: three times.",
  fields: {
    "credentials.signing_secret": {
      label: "Signing secret",
      hint: "Of the app, under **Basic Information → App Credentials**.",
    },
    "options.tolerance": ageField("300"),
  },
};
