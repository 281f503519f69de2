import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { inboundEvents } from "../../src/catalogue/inbound.ts";
import { operationalEvents } from "../../src/catalogue/operational.ts";
import { type Context, eventOf } from "../../src/inbound/events.ts";
import { keep } from "../../src/inbound/keeping.ts";
import { unreadMember } from "../../src/inbound/members.ts";
import type { GenericRecord, InboundRecord, Media, Normalised, StatusRecord } from "../../src/inbound/provider.ts";
import type { Sample } from "../../src/inbound/providers/fixtures.ts";
import { providers } from "../../src/inbound/providers/index.ts";
import { sourceOfSample } from "./fixtures.ts";
import { type Field, fieldsOf, pathsIn, sectionOf, typesOf } from "./model-page.ts";
import { contentOf, requestOf } from "./sample-expectations.ts";

/**
 * Every field that an event of a callback has is in the tables of docs/inbound/model.md, and every field of the tables is one
 * that an event can have. For a new field: a row there, and its member in {@link MESSAGE} or {@link STATUS}, which the
 * compiler asks for.
 */

const page = fieldsOf(env.TEST_MODEL_PAGE);
const types = typesOf(env.TEST_MODEL_PAGE);

const CONTEXT: Context = {
  provider: "any",
  sourceId: "src_1",
  receiptId: "rcp_1",
  advanced: true,
  ticket: null,
  attachmentUrl: (index) => `https://posthorn.example.com/${index}`,
};

const FILE: Required<Media> = {
  content_type: "text/plain",
  filename: "a.txt",
  url: "https://provider.example.com/a.txt",
  provider_media_id: "1",
  content_id: "a@example.com",
  size: 1,
  bytes: new Uint8Array(1),
};

/** With everything that a message may have. */
const MESSAGE: Required<InboundRecord> = {
  type: "inbound",
  channel: "email",
  message_id: "1",
  mail_id: "<1@example.com>",
  from: "jane@example.com",
  from_name: "Jane",
  to: ["help@example.com"],
  cc: ["more@example.com"],
  reply_to: ["jane@example.com"],
  sender: "post@example.com",
  auto: { kind: "list", auto_submitted: "auto-generated", precedence: "list", list: "friends.example.com" },
  authentication: { spf: "pass", dkim: [{ result: "pass", domain: "example.com" }], dmarc: "pass" },
  spam: { flagged: false, score: 0.1 },
  sent_for: "src_1",
  envelope: { from: "bounces@example.com", to: ["help@example.com"] },
  delivered_to: ["help@example.com"],
  stored: { bucket: "mails", key: "1" },
  subject: "Hello",
  // Of more than an event shows.
  text: "a".repeat(100_000),
  html: "<p>Hi</p>",
  media: [FILE],
  in_reply_to: "<0@example.com>",
  references: ["<0@example.com>"],
  button: "yes",
  location: { lat: 1, lon: 2 },
  reaction_to: "0",
  part: { number: 1, of: 2, reference: "r" },
  kind: "text",
  content: { any: "thing" },
  referral: { any: "thing" },
  group_id: "1",
  from_user_id: "1",
  provider_ids: { wa_id: "1" },
  truncated: ["text"],
  unsupported: true,
  opt_out: true,
  occurred_at: "2026-03-26T15:20:44.000Z",
  dedup_key: "1",
  raw: null,
};

const STATUS: Required<StatusRecord> = {
  type: "status",
  channel: "email",
  status: "bounced",
  message_id: "1",
  recipient: "jane@example.com",
  recipient_user_id: "1",
  group_id: "1",
  truncated: ["raw"],
  reported_by: "mailer-daemon@example.net",
  authentication: { spf: "pass", dkim: [{ result: "pass", domain: "example.net" }], dmarc: "pass" },
  soft: true,
  error: { code: "5.1.1", text: "There is no such user" },
  occurred_at: "2026-03-26T15:20:44.000Z",
  dedup_key: "1",
  raw: {},
};

/** Of more than an event shows. */
const LONG: GenericRecord = {
  type: "generic",
  event: "e",
  dedup_key: "1",
  occurred_at: null,
  raw: "a".repeat(200_000),
};

type Event = { type: string; data: unknown };

/** As a source makes them, each email as a ticket's message, too. */
function eventsOf(
  provider: string,
  records: readonly Normalised[],
  body: Uint8Array,
  malformed: string | null,
): Event[] {
  return keep(records, malformed, body).records.flatMap((record) => {
    const tickets = record.type === "inbound" && record.channel === "email" ? [null, "42"] : [null];
    return tickets.flatMap((ticket) => {
      const event = eventOf(record, { ...CONTEXT, provider, ticket });
      return event ? [{ type: event.type, data: JSON.parse(event.data) as unknown }] : [];
    });
  });
}

async function eventsOfSample(sample: Sample): Promise<Event[]> {
  const provider = providers[sample.provider];
  if (!provider) throw new Error(`There is no provider ${sample.provider}`);
  const request = requestOf(sample);
  const source = sourceOfSample(sample, contentOf(request));
  if (await provider.handshake(request, source)) return [];
  return eventsOf(provider.name, await provider.normalise(request, source), request.body, null);
}

const none = new Uint8Array();
const made = [
  ...(await Promise.all((env.TEST_SAMPLES as Sample[]).map(eventsOfSample))).flat(),
  ...eventsOf("any", [MESSAGE, STATUS], none, null),
  ...eventsOf("any", [], none, "It makes no sense"),
  ...eventsOf("any", [unreadMember("[0]", "It makes no sense", "0")], none, null),
  ...eventsOf("generic", [LONG], none, null),
];
const shown: Event[] = [...inboundEvents, ...operationalEvents.filter(({ name }) => name.startsWith("source."))].map(
  ({ name, sample }) => ({ type: name, data: sample }),
);
const all = [...made, ...shown];

const fieldsFor = (section: string): Field[] => page.get(section) ?? [];

/** Paths of all events of a section, with the first type that has each. */
function pathsOf(section: string, events: readonly Event[]): ReadonlyMap<string, string> {
  const opaque = new Set(fieldsFor(section).flatMap(({ path, isOpaque }) => (isOpaque ? [path] : [])));
  const paths = new Map<string, string>();
  for (const { type, data } of events) {
    if (sectionOf(type) !== section) continue;
    for (const path of pathsIn(data, opaque)) if (!paths.has(path)) paths.set(path, type);
  }
  return paths;
}

const sections = [...new Set(all.map(({ type }) => sectionOf(type)))];

it("has a table for every kind of event, and no other", () => {
  expect([...page.keys()].sort()).toEqual([...sections].sort());
  expect(sections).toHaveLength(6);
});

describe.each(sections)("the table below %s", (section) => {
  it("has every field that events have", () => {
    const documented = new Set(fieldsFor(section).map(({ path }) => path));
    const missing = [...pathsOf(section, all)].filter(([path]) => !documented.has(path));
    expect(missing.map(([path, type]) => `${path} of ${type}`)).toEqual([]);
  });

  it("has no field that no event can have, and each once", () => {
    const documented = fieldsFor(section).map(({ path }) => path);
    const possible = pathsOf(section, all);
    expect(documented.filter((path) => !possible.has(path))).toEqual([]);
    expect(new Set(documented).size).toBe(documented.length);
  });

  it("says of no field that it is always there that an event lacks", () => {
    const always = fieldsFor(section).filter(({ path, isAlways }) => isAlways && !/[.[]/.test(path));
    const lacking = made
      .filter(({ type }) => sectionOf(type) === section)
      .flatMap(({ type, data }) =>
        always.filter(({ path }) => !Object.hasOwn(data as object, path)).map(({ path }) => `${path} of ${type}`),
      );
    expect([...new Set(lacking)]).toEqual([]);
  });
});

describe("the table of event types", () => {
  const isTold = (type: string) =>
    types.some((told) => (told.endsWith("…") ? type.startsWith(told.slice(0, -1)) : told === type));

  it("has every type that there is", () => {
    expect([...new Set(all.map(({ type }) => type))].filter((type) => type !== "any" && !isTold(type))).toEqual([]);
  });

  it("has no type that there is not", () => {
    const known = new Set(all.map(({ type }) => type));
    expect(types.filter((type) => !type.endsWith("…") && !known.has(type))).toEqual([]);
    const names = types.flatMap((type) => (type.endsWith("…") ? [type.slice(0, -2)] : []));
    expect(names.filter((name) => !Object.hasOwn(providers, name))).toEqual([]);
  });
});
