import { builtInNames } from "../../catalogue/index.ts";
import { closest, coversAny } from "../../catalogue/suggest.ts";
import { listEventTypes } from "../../config/event-types.ts";
import { isPassedOn } from "../../inbound/providers/index.ts";
import { ApiError, invalidField } from "../problem.ts";

/** Patterns that cover no type which the workspace knows, with their places. */
type Unknown = { place: number; pattern: string };

/**
 * Checks what a webhook is to subscribe to: a slip of the pen would be a webhook that waits for ever.
 * @param accepted patterns that need no further check: those that the webhook had before
 * @throws ApiError invalid_request naming the closest types for each pattern that covers none
 */
export async function requireKnownTypes(
  env: Env,
  workspaceId: number,
  patterns: readonly string[],
  accepted: () => Promise<readonly string[]> = async () => [],
): Promise<void> {
  if (unknownAmong(patterns, builtInNames).length === 0) return;
  const names = [...builtInNames, ...(await listEventTypes(env, workspaceId)).map(({ name }) => name)];
  const unknown = unknownAmong(patterns, names);
  if (unknown.length === 0) return;
  const before = await accepted();
  const errors = unknown
    .filter(({ pattern }) => !before.includes(pattern))
    .map(({ place, pattern }) => ({ path: `events.${place}`, message: notKnown(pattern, names) }));
  const [first] = errors;
  if (first) throw new ApiError("invalid_request", `${first.path}: ${first.message}`, { errors });
}

/** A 422 about a type that nobody knows. */
export function unknownType(path: string, type: string, own: readonly { name: string }[]): ApiError {
  return invalidField(path, notKnown(type, [...builtInNames, ...own.map(({ name }) => name)]));
}

function unknownAmong(patterns: readonly string[], names: readonly string[]): Unknown[] {
  return patterns.flatMap((pattern, place) =>
    isPassedOn(pattern) || coversAny(pattern, names) ? [] : [{ place, pattern }],
  );
}

function notKnown(pattern: string, names: readonly string[]): string {
  return `No event type matches ${pattern}. The closest are ${closest(pattern, names).join(", ")}; GET …/event-types lists all, and POST there adds one`;
}
