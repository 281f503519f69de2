import { sign as githubSign } from "@octokit/webhooks-methods";
import { JSON_TYPE, type OwnCase, SECRET, sample } from "../../../../test/support/provider-callbacks.ts";

const github: OwnCase = {
  name: "GitHub",
  credentials: { secret: SECRET },
  callback: async () => {
    const body = sample("github", "ping / push");
    return {
      method: "POST",
      headers: {
        ...JSON_TYPE,
        "x-github-event": "ping",
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "x-hub-signature-256": await githubSign(SECRET, body),
      },
      body,
    };
  },
  forge: ["body", "failure"],
  event: "github.ping",
  data: { provider: "github", event: "ping", payload: { zen: "Design for failure.", hook_id: 1 } },
};

export const cases: readonly OwnCase[] = [github];
