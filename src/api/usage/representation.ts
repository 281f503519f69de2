import { Timestamp } from "../fields.ts";
import * as z from "../z.ts";

const Used = z.object({
  used: z.int(),
  limit: z.int().openapi({ description: "The plan's, or the deployment's where the plan has none." }),
});

const Day = z.object({
  day: z.iso.date().openapi({ example: "2026-11-22", description: "In UTC." }),
  events: z
    .int()
    .nullable()
    .openapi({ description: "Those that count; null where retention has let go of the day's events." }),
});

export const UsageView = z
  .object({
    plan: z.string().nullable(),
    webhooks: Used,
    sources: Used,
    events: Used.extend({
      limit: z.int().nullable().openapi({ description: "The plan's. Null: as many as one likes." }),
      period_start: Timestamp,
      period_end: Timestamp,
      by_day: z.array(Day),
    }).openapi({
      description: "Of the current calendar month in UTC: the period's first moment, and the next one's.",
    }),
  })
  .openapi("Usage");
