import { describe, expect, it } from "vitest";
import { canHave, whyNotDelivered } from "./whereabouts.ts";

const event = { type: "ticket.created", at: 1000, channels: ["east"] };
const webhook = { events: ["ticket.*"], channels: [] as string[], createdAt: 500 };

it.each([
  ["created_later", { ...webhook, createdAt: 1001 }, 0],
  ["created_later", { ...webhook, createdAt: 1001, events: ["contact.*"] }, 2000],
  ["not_subscribed", { ...webhook, events: ["contact.*", "ticket.deleted"] }, 0],
  ["not_subscribed", { ...webhook, events: ["contact.*"], channels: ["west"] }, 2000],
  ["other_channel", { ...webhook, channels: ["west"] }, 2000],
  ["expired", { ...webhook, channels: ["west", "east"] }, 1001],
  ["unknown", { ...webhook, createdAt: 1000 }, 1000],
] as const)("is %s (case %#)", (reason, interest, keptSince) => {
  expect(whyNotDelivered(event, interest, keptSince)).toBe(reason);
});

it("takes an event without channels for none of a webhook's", () => {
  expect(whyNotDelivered({ ...event, channels: [] }, { ...webhook, channels: ["east"] }, 0)).toBe("other_channel");
});

describe("a webhook can have an event", () => {
  const HOUR = 3_600_000;
  const later = { ...event, at: 100 * HOUR };
  const old = { ...webhook, createdAt: 0, updatedAt: 0 };

  it.each([
    ["that it listens to", old, true],
    ["not of another type", { ...old, events: ["contact.*"] }, false],
    ["not of another channel", { ...old, channels: ["west"] }, false],
    ["of any type, where it was changed afterwards", { ...old, events: ["contact.*"], updatedAt: 101 * HOUR }, true],
    ["or just before: subscriptions may be outdated", { ...old, events: ["contact.*"], updatedAt: 99 * HOUR }, true],
    ["not where that is long ago", { ...old, events: ["contact.*"], updatedAt: 97 * HOUR }, false],
    ["not from before it was made", { ...old, createdAt: 103 * HOUR, updatedAt: 103 * HOUR }, false],
    ["that was published as it was made", { ...old, createdAt: 101 * HOUR, updatedAt: 101 * HOUR }, true],
  ])("%s", (_, interest, can) => {
    expect(canHave(later, interest)).toBe(can);
  });
});
