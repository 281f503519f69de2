import { Timestamp } from "../fields.ts";
import { z } from "../z.ts";

const Used = z.object({
  used: z.int(),
  limit: z.int().nullable().openapi({ description: "Null: as many as one likes." }),
});

export const UsageView = z
  .object({
    plan: z.string().nullable(),
    webhooks: Used,
    sources: Used,
    events: Used.extend({ period_start: Timestamp, period_end: Timestamp }).openapi({
      description: "Of the current calendar month in UTC: the period's first moment, and the next one's.",
    }),
  })
  .openapi("Usage");
