/**
 * Expectations name some values instead of giving them ("webhook-id header", "ID"). What they name is looked up in what
 * was sent, its body or its headers, and never in what came out.
 */

/** What a sample sends, as far as expectations speak of it. */
export interface Sent {
  headers: Headers;
  /** The body, or the query where there is none: as JSON, or the fields of a form. Undefined for anything else. */
  content: unknown;
}

/** Names of fields that expectations use in place of the values, as the providers call them. */
const FIELDS = new Set([
  ...["ID", "RecordType", "MessageID", "Recipient", "Email", "signature.token", "event-data.id", "sg_event_id"],
  ...["MessageId", "email_id", "MessageSid", "MessageUUID", "messageId", "message_uuid", "gsId", "gs_id", "payload.id"],
  ...["messages[].id", "statuses[].id", "event_id", "jti"],
]);
/** Names that are no fields but roles, for which every provider has names of its own: the first that is there counts. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  timestamp: ["ReceivedAt", "DeliveredAt", "BouncedAt", "ChangedAt", "timestamp"],
  recipient: ["emailAddress", "recipients", "destination", "Recipient", "Email", "recipient"],
};

/** The values that a text of an expectation stands for; itself, where it names nothing. Any of them will do. */
export function meant(text: string, sent: Sent): string[] {
  const plain = withoutRemark(text);
  // "A or b": either is right.
  const values = plain.split(" or ").flatMap((each) => joined(each, sent));
  // What was not sent is named in vain.
  return values.length > 0 ? values : [plain];
}

/** A remark in brackets at the end, "… (one record per recipient)", is for readers. */
const withoutRemark = (text: string): string => text.replace(/ \([^()]*\)$/, "");

/** "MessageId|recipient": each part that is a name is its value, each other part stays. */
function joined(text: string, sent: Sent): string[] {
  return text.split("|").reduce<string[]>(
    (before, part, index) => {
      const values = valuesOf(part, sent);
      return before.flatMap((start) => values.map((value) => (index === 0 ? value : `${start}|${value}`)));
    },
    [""],
  );
}

function valuesOf(part: string, { headers, content }: Sent): string[] {
  // "A / B header": the first that was sent.
  const [, named] = /^([\w-]+(?: \/ [\w-]+)*) header$/.exec(part) ?? [];
  if (named)
    return named
      .split(" / ")
      .flatMap((name) => headers.get(name) ?? [])
      .slice(0, 1);
  const role = Object.hasOwn(ROLES, part) ? ROLES[part] : undefined;
  if (role) return playing(role, content);
  return FIELDS.has(part) ? scalarsOf(part, content).slice(0, 1) : [part];
}

/** The values of the first of the fields that is there. */
function playing(role: readonly string[], content: unknown): string[] {
  for (const field of role) {
    const values = [...new Set(scalarsOf(field, content))];
    if (values.length > 0) return values;
  }
  return [];
}

/**
 * What a field has, wherever in the content it is; `a.b` and `a[].b` are fields of fields. SNS carries a JSON text in a field,
 * which is looked into as well.
 */
export function scalarsOf(path: string, content: unknown): string[] {
  const [first = "", ...rest] = path.replaceAll("[]", "").split(".");
  const found = fieldsNamed(first, content);
  if (rest.length > 0) return found.flatMap((value) => scalarsOf(rest.join("."), value));
  return found.flat().flatMap((value) => (typeof value === "string" || typeof value === "number" ? [`${value}`] : []));
}

/** The values under a name, the outermost first. */
export function fieldsNamed(name: string, content: unknown): unknown[] {
  const inner = typeof content === "string" ? parsed(content) : content;
  if (typeof inner !== "object" || inner === null) return [];
  const own = Object.hasOwn(inner, name) ? [(inner as Record<string, unknown>)[name]] : [];
  return [...own, ...Object.values(inner).flatMap((value) => fieldsNamed(name, value))];
}

/** The value of a JSON text that is an object or an array. */
export function parsed(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
