import type { Json } from "../catalogue/event-type.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { type ControlRecord, MalformedCallback, type Normalised } from "./provider.ts";

/** Callbacks that tell of several things: one that makes no sense never takes the others along. */

/** Things that one callback may tell of: SendGrid's and Mandrill's batches have some thousand at most. */
export const MAX_RECORDS = 10_000;

/**
 * In the place of a member that could not be processed: its people are told, and a repetition is known by its key.
 * @param member which one it is, such as `entry[0].changes[1]`
 * @param key the same for the same member: where else it stands, it is another one
 */
export const unreadMember = (member: string, reason: string, key: string): ControlRecord => ({
  type: "control",
  note: `${member} could not be read: ${reason}`,
  dedup_key: `unread|${sha256Hex(`${member}|${key}`)}`,
  alert: true,
  unread: { member, reason },
});

/** The same for what was thrown. */
function unreadBecause(error: unknown, member: string, value: Json, scope = ""): ControlRecord {
  if (!(error instanceof MalformedCallback)) console.error(`${member} of a callback could not be read:`, error);
  const reason = error instanceof MalformedCallback ? error.message : "It could not be read";
  return unreadMember(member, reason, scope + JSON.stringify(value));
}

/** What is ignored has no key of its own at times: by the hash of what says it, a repetition is one. */
function keyed(records: readonly Normalised[], value: Json): Normalised[] {
  let hash: string | undefined;
  return records.map((record, index) => {
    if (record.type !== "ignored" || record.dedup_key !== null) return record;
    hash ??= sha256Hex(JSON.stringify(value));
    return { ...record, dedup_key: `ignored|${hash}|${index}` };
  });
}

/**
 * What one member says; or, where it makes no sense, that.
 * @param member which one it is, such as `entry[0].changes[1]`
 * @param scope what tells it from a member of the same text that is another one
 */
export function memberOf(
  member: string,
  value: Json,
  read: (value: Json) => readonly Normalised[],
  scope?: string,
): readonly Normalised[] {
  try {
    return read(value);
  } catch (error) {
    return [unreadBecause(error, member, value, scope)];
  }
}

/**
 * What each of the whole callback's members says, in order; of one that makes no sense, that. Those beyond {@link MAX_RECORDS}
 * are told of together, before all others.
 * @param name what the list is called; empty where it is the whole callback
 */
export async function membersOf(
  name: string,
  list: readonly Json[],
  read: (value: Json, member: string) => Normalised[] | Promise<Normalised[]>,
): Promise<Normalised[]> {
  const some = list.slice(0, MAX_RECORDS);
  const records = await Promise.all(
    some.map(async (value, index) => {
      const member = `${name}[${index}]`;
      try {
        return keyed(await read(value, member), value);
      } catch (error) {
        return [unreadBecause(error, member, value)];
      }
    }),
  );
  if (some.length === list.length) return records.flat();
  const range = `${name}[${MAX_RECORDS}…${list.length - 1}]`;
  return [unreadMember(range, TOO_MANY, JSON.stringify(list.slice(MAX_RECORDS))), ...records.flat()];
}

export const TOO_MANY = `It tells of more than ${MAX_RECORDS} things.`;
