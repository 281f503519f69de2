import { TYPE } from "../fields.ts";

/** A payload to try a webhook with, as JSON text. */
export function sampleData(type: string): string {
  return JSON.stringify({ test: true, message: `This is a test of ${type}.` });
}

/** What a test sends if nothing else is asked for: the first exact type that the webhook subscribes to. */
export function sampleType(patterns: readonly string[]): string {
  return patterns.find((pattern) => TYPE.test(pattern)) ?? "ticket.created";
}
