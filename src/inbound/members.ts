import { sha256Hex } from "../lib/bytes.ts";
import type { Json } from "../systems/event-type.ts";
import { type ControlRecord, MalformedCallback, type Reported } from "./provider.ts";

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
function keyed(records: readonly Reported[], value: Json): Reported[] {
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
  read: (value: Json) => readonly Reported[],
  scope?: string,
): readonly Reported[] {
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
  read: (value: Json, member: string) => Reported[] | Promise<Reported[]>,
): Promise<Reported[]> {
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
  const shares = inShares(name, records);
  if (some.length === list.length) return shares;
  const range = `${name}[${MAX_RECORDS}…${list.length - 1}]`;
  return [unreadMember(range, TOO_MANY, JSON.stringify(list.slice(MAX_RECORDS))), ...shares];
}

/** Where members tell of too much together, those that tell of most are cut to one length: none takes the others along. */
function inShares(name: string, records: readonly Reported[][]): Reported[] {
  if (records.reduce((sum, { length }) => sum + length, 0) <= MAX_RECORDS) return records.flat();
  let share = 1;
  let left = MAX_RECORDS;
  // The shortest first: what they leave is for the others.
  for (const [index, length] of records
    .map((own) => own.length)
    .sort((a, b) => a - b)
    .entries()) {
    share = Math.max(1, Math.floor(left / (records.length - index)));
    if (length > share) break;
    left -= length;
  }
  // What is left over after that goes to the first of those that are cut, one each.
  let over = MAX_RECORDS - records.reduce((sum, { length }) => sum + Math.min(length, share), 0);
  return records.flatMap((own, index) => {
    const most = own.length > share && over-- > 0 ? share + 1 : share;
    if (own.length <= most) return own;
    const rest = own.slice(most - 1);
    const keys = JSON.stringify(rest.map(({ type, dedup_key }) => [type, dedup_key]));
    return [...own.slice(0, most - 1), unreadMember(`${name}[${index}]`, TOO_MANY_TOGETHER, keys)];
  });
}

/** Of the part of a member that others leave no room for. */
const TOO_MANY_TOGETHER = `The callback tells of more than ${MAX_RECORDS} things; this of most.`;

export const TOO_MANY = `It tells of more than ${MAX_RECORDS} things.`;
