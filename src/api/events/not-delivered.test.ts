import { expect, it } from "vitest";
import { whyNotDelivered } from "./not-delivered.ts";

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
