import type { OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "GitHub",
  group: "events",
  brings: "Events of a repository, an organization or an app, as `github.push` or `github.pull_request`.",
  steps: [
    "In GitHub, open **Settings → Webhooks** of the repository, the organization or the app, and choose **Add webhook**.",
    "Paste `{url}` as the **Payload URL**, and choose `application/json` as the content type.",
    "Enter the secret that you have set here (`{secret}`) as the **Secret**.",
    "Choose the events that you want, and save. GitHub sends a `ping` at once.",
  ],
  signed: "The whole body, by the secret.",
  caution: "The event's name and its id stand in headers that GitHub does not sign. No time is signed either.",
  repeats: "Not by itself. You can ask GitHub to redeliver.",
  fields: {
    "credentials.secret": {
      label: "Secret",
      hint: "Any text of yours: you enter the same at GitHub. One was made up for you.",
      ours: true,
    },
  },
};
