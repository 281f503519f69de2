import { isSound, UNSOUND } from "../lib/unsound-text.ts";
import * as z from "./z.ts";

/** Kinds of fields that several resources have. */

/** The form of an event type. */
export const TYPE = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const PATTERN = /^(\*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?)$/;

/** The type of an event. */
export const EventType = z
  .string()
  .max(200)
  .regex(TYPE, "A type is words of letters, digits, _ and -, joined by dots")
  .openapi({ example: "ticket.created" });

/** What a subscription may name: a type, `*`, or a prefix and `.*`. */
export const EventPattern = z
  .string()
  .max(200)
  .regex(PATTERN, "A pattern is an event type, *, or a prefix followed by .*")
  .openapi({ example: "ticket.*" });

export const EventPatterns = z
  .array(EventPattern)
  .min(1)
  .max(50, "At most 50 patterns: cover several types by one such as ticket.*, or create another webhook")
  .refine(
    (patterns) => new Set(patterns).size === patterns.length,
    "Each pattern may appear once: leave out the repetition",
  );

export const Channel = z.string().min(1).max(200).refine(isSound, UNSOUND);

/**
 * A number where there is text alone, as in a query: decimal digits and nothing else, for JavaScript reads `1e1`, `0x10` and
 * ` 5` as numbers as well, and nobody means them.
 * @param number what it may be
 */
export const inDigits = <Schema extends z.ZodType<number, number>>(number: Schema) =>
  z
    .string()
    .regex(/^[0-9]+$/, { abort: true, error: "Write it in decimal digits, such as 50" })
    .transform(Number)
    .pipe(number);

/** A moment in a query whose plus was not escaped, which is a blank there. */
const LOST_PLUS = /\d\d:\d\d(:\d\d(\.\d+)?)? \d\d:?\d\d$/;

const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A moment with its offset; read as milliseconds since 1970, the earliest that is taken. */
export const Instant = z.iso
  .datetime({
    offset: true,
    abort: true,
    error: ({ input }) =>
      typeof input === "string" && LOST_PLUS.test(input)
        ? "A blank stands where the + of its offset was: in a URL, write + as %2B"
        : undefined,
  })
  .refine((text) => {
    const ms = Date.parse(text);
    return ms >= 0 && ms <= LATEST;
  }, "A time is between 1970 and 9999")
  .transform((text) => Date.parse(text))
  .openapi({ type: "string", format: "date-time", example: "2026-03-26T14:30:00Z" });

/** A moment in an answer. */
export const Timestamp = z.iso.datetime().openapi({ format: "date-time", example: "2026-03-26T14:30:00.000Z" });

/** ISO 8601 in UTC. */
export const iso = (ms: number): string => new Date(ms).toISOString();

export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

const LOST = "__proto__";
const WHY = "Nothing can be called so: an object in JavaScript takes it for something else, and it would be lost";

/** An object whose names are the caller's. One that zod leaves out of it in silence is refused. */
export const namedValues = <Value extends z.ZodType>(value: Value) =>
  z.preprocess(
    (given, context) => {
      if (typeof given === "object" && given !== null && Object.hasOwn(given, LOST)) {
        context.addIssue({ code: "custom", path: [LOST], message: WHY });
      }
      return given;
    },
    z.record(z.string(), value),
  );

/** The members that were given: zod leaves undefined where a field is absent. */
export function defined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };
}
