import { expect, it } from "vitest";
import { nameOfWebhook } from "./webhook-name.ts";

it.each([
  ["Billing", "https://billing.example.com/hooks", "Billing"],
  [null, "https://billing.example.com:8443/hooks/a/very/long/path?with=a&query", "billing.example.com:8443"],
])("calls a webhook named %s at %s %s", (name, url, called) => {
  expect(nameOfWebhook({ name, url })).toBe(called);
});
