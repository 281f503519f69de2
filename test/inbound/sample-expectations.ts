import { expect } from "vitest";
import { formOf, parseForm } from "../../src/inbound/parsing/form.ts";
import type { CallbackRequest, InboundRecord, Media, Normalised, Provider, Reply } from "../../src/inbound/provider.ts";
import type { Expectation, Sample } from "../../src/inbound/providers/fixtures.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import { fixturesOf, sourceOfSample } from "./fixtures.ts";
import { fieldsNamed, meant, parsed, type Sent, scalarsOf } from "./sample-prose.ts";

/** Remarks for readers. */
const PROSE = ["reason", "rule"];

/** What the provider makes of a sample is what the sample says. */
export async function expectAsSaid(provider: Provider, sample: Sample): Promise<void> {
  const request = requestOf(sample);
  const source = sourceOfSample(sample, contentOf(request));
  const handshake = await provider.handshake(request, source);
  if (handshake) {
    expect(sample.normalized.type).toBe("control");
    expectReply(handshake, sample.normalized.respond);
    return;
  }
  const records = await provider.normalise(request, source);
  const sent = { headers: request.headers, content: contentOf(request) };

  const reply = provider.respond(records);
  expect(reply.status, "what was understood is accepted").toBeLessThan(300);
  if (sample.normalized.respond !== undefined) expectReply(reply, sample.normalized.respond);
  const keys = records.flatMap((record) => ("dedup_key" in record ? [record.dedup_key] : []));
  expect(new Set(keys).size, "each record has a key of its own").toBe(keys.length);

  const expected = comparable(sample.normalized, sent);
  const seen = records.map((record) => seenAs(record, Object.keys(expected)));
  // A sample may bring several records; it speaks of one of them.
  if (seen.length === 1) expect(seen[0]).toEqual(expected);
  else expect(seen).toContainEqual(expected);
  expectCount(records, sample.normalized, sent);
}

/** Some providers tell in a header what is in the body; and ids that are in headers alone are made up here. */
function headersOf(sample: Sample): Headers {
  const type: Record<string, string> = sample.content_type === "" ? {} : { "Content-Type": sample.content_type };
  return new Headers({ ...type, ...fixturesOf(sample.provider).headers?.(sample), ...sample.headers });
}

export function requestOf(sample: Sample): CallbackRequest {
  const url = `https://hooks.example.com/in/${sample.provider}/0123456789abcdef`;
  const multipart = sample.content_type.startsWith("multipart/");
  const body = sample.body ?? "";
  return {
    method: sample.method,
    url: sample.query === undefined ? url : `${url}?${sample.query}`,
    headers: headersOf(sample),
    // Captures of multipart bodies that were kept as text have lost their line ends, which on the wire are CRLF.
    body: utf8(multipart && !body.includes("\r\n") ? body.replaceAll("\n", "\r\n") : body),
  };
}

export function contentOf({ url, headers, body }: CallbackRequest): unknown {
  if (body.length === 0) return Object.fromEntries(parseForm(url.split("?")[1] ?? ""));
  const type = headers.get("content-type") ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(formOf(body));
  return parsed(new TextDecoder().decode(body));
}

/** The expectation with its prose resolved: what {@link seenAs} shows of a record has the same form. */
function comparable({ ...expectation }: Expectation, sent: Sent): Record<string, unknown> {
  const expected: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(expectation)) {
    if (PROSE.includes(field) || field === "respond") continue;
    // A receipt without an event needs no key.
    if (expectation.type === "ignored" && field === "dedup_key") continue;
    if (field === "action") Object.assign(expected, actionOf(String(value), sent));
    else if (field === "also") expected[field] = value;
    else if ((field === "dedup_key" || field === "event") && typeof value === "string") {
      const values = meant(value, sent);
      expected[field] = values.length === 1 ? values[0] : expect.toBeOneOf(values);
    } else if (field === "media" && Array.isArray(value)) expected[field] = value.map((each) => mediaMeant(each, sent));
    else expected[field] = value;
  }
  return expected;
}

/** "Media0" as a URL is the field's value. */
function mediaMeant(entry: Record<string, unknown>, { content }: Sent): unknown {
  const [url] = typeof entry.url === "string" ? scalarsOf(entry.url, content) : [];
  return expect.objectContaining(url === undefined ? entry : { ...entry, url });
}

/** "verify, record, alert; never GET SubscribeURL": whether somebody is told, and what is visited. */
function actionOf(action: string, { content }: Sent): Record<string, unknown> {
  const [url] = scalarsOf("SubscribeURL", content);
  const visits = /\b(GET|visit|confirm)\b/i.test(action) && !/\bnever (GET|visit|confirm)\b/i.test(action);
  return { ...(/\balert\b/.test(action) ? { alert: true } : {}), visit: visits ? url : undefined };
}

/** Of a record, what an expectation speaks of, as it speaks of it. */
function seenAs(record: Normalised, fields: readonly string[]): Record<string, unknown> {
  const own: Record<string, unknown> = { ...record };
  if (record.type === "inbound") Object.assign(own, inboundAs(record));
  return Object.fromEntries(fields.map((field) => [field, own[field]]));
}

function inboundAs({ part, media, opt_out, raw }: InboundRecord): Record<string, unknown> {
  return {
    part: part && `${part.number}/${part.of} ref ${part.reference}`,
    also: opt_out ? "unsubscribed" : undefined,
    attachments: media.length,
    media: media.map(withoutNulls),
    // Contact cards have no place of their own: they are in what the provider said of this message.
    contacts: cardsIn(raw),
  };
}

const withoutNulls = (media: Media) => Object.fromEntries(Object.entries(media).filter(([, value]) => value !== null));

function cardsIn(raw: unknown): number | undefined {
  const cards = fieldsNamed("contacts", raw).find((value) => Array.isArray(value));
  return cards?.length;
}

/** "… (one record per recipient)": as many as there are. */
function expectCount(records: readonly Normalised[], { dedup_key: key }: Expectation, sent: Sent): void {
  if (typeof key === "string" && key.includes("one record per recipient")) {
    expect(records).toHaveLength(meant(key, sent).length);
  }
}

function expectReply(reply: Reply, expected: unknown): void {
  const { contentType, ...rest } = reply;
  expect({ ...rest, content_type: contentType }).toMatchObject(expected ?? {});
}
