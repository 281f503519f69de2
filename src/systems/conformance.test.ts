import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { dialects, type Message } from "./index.ts";

/** What every dialect must do, each by its own document. A dialect that is registered and not in the table below fails. */

const hmac = (secret: string, body: string) => createHmac("sha256", secret).update(body).digest("hex");

type Headers = Record<string, string>;

/** Accepts or refuses a request as that system's receivers do. */
type Recipe = (headers: Headers, body: string, secret: string) => boolean;

const specification: Recipe = (headers, body, secret) => {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};

type Case = {
  /** The event of the document's example, and the body that it shows (without its line breaks). */
  example: Partial<Message>;
  body: string;
  accepts: Recipe;
  /** Names of its headers, in any order. */
  headers: string[];
  /** The header that is not there without a secret. */
  signature: string;
  /** Whether the header takes the signatures of several secrets. */
  rotates: boolean;
};

const webhookHeaders = ["content-type", "x-webhook-event", "x-webhook-delivery"];
const standardHeaders = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"];
const ticket =
  '{"id":42,"subject":"Ticket #42 - Cannot access dashboard","status":"open","contact":{"id":5,"name":"Jane Doe","email":"jane.doe@example.com"},"agent":null,"created_at":"2026-03-26T14:30:00Z"}';

const CASES: Record<string, Case> = {
  gopimi: {
    example: { type: "ticket.created", occurredAt: Date.parse("2026-03-26T14:30:00Z"), data: ticket },
    body: `{"event":"ticket.created","timestamp":"2026-03-26T14:30:00Z","workspace_id":1,"data":${ticket}}`,
    accepts: (headers, body, secret) => headers["x-gopimi-signature"] === hmac(secret, body),
    headers: [...webhookHeaders, "x-gopimi-signature"],
    signature: "x-gopimi-signature",
    rotates: false,
  },
  platform: {
    example: { type: "ticket.created", occurredAt: Date.parse("2025-01-15T10:30:00.000Z"), data: '{"ticketId":"t-1"}' },
    body: '{"organizationId":"a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51","eventType":"ticket.created","eventId":"evt_01M80D4XNG000000001001WGQE","timestamp":"2025-01-15T10:30:00.000Z","data":{"ticketId":"t-1"}}',
    accepts: (headers, body, secret) => headers["x-webhook-signature"] === `sha256=${hmac(secret, body)}`,
    headers: [...webhookHeaders, "x-webhook-signature"],
    signature: "x-webhook-signature",
    rotates: false,
  },
  cases: {
    example: { type: "cases.created", occurredAt: Date.parse("2026-04-29T09:10:00Z"), data: '{"id":"case_1"}' },
    body: '{"id":"evt_01M80D4XNG000000001001WGQE","type":"cases.created","timestamp":"2026-04-29T09:10:00Z","data":{"id":"case_1"}}',
    accepts: specification,
    headers: standardHeaders,
    signature: "webhook-signature",
    rotates: true,
  },
  community: {
    example: { type: "note_deletion", data: '{"NoteId":182605}' },
    body: '{"CommunityName":"yourCompany","EventType":"note_deletion","Events":[{"NoteId":182605}]}',
    accepts: (headers, body, secret) => headers["x-webhook-signature"] === `sha256=${hmac(secret, body)}`,
    headers: [...webhookHeaders, "x-webhook-signature"],
    signature: "x-webhook-signature",
    rotates: false,
  },
  standard: {
    example: { type: "ticket.created", occurredAt: Date.parse("2026-03-26T14:30:00.000Z"), data: ticket },
    body: `{"type":"ticket.created","timestamp":"2026-03-26T14:30:00.000Z","data":${ticket}}`,
    accepts: specification,
    headers: standardHeaders,
    signature: "webhook-signature",
    rotates: true,
  },
};

const message: Message = {
  deliveryId: "01a200d2-76b0-7000-8000-001000000001",
  eventId: "evt_01M80D4XNG000000001001WGQE",
  type: "ticket.created",
  channels: [],
  occurredAt: 0,
  data: "{}",
  workspace: { id: 1, externalId: "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51", communityName: "yourCompany" },
};

/** Payloads that a careless writer would change. */
const TRICKY = [
  '"Zürich ✓ 🎺"',
  '{"price":1.0,"big":12345678901234567890,"e":1e400}',
  '{"a":"\\u2028</script>"}',
  "null",
];

it("covers every dialect that is registered", () => {
  expect(Object.keys(CASES)).toEqual([...dialects.keys()]);
});

describe.each([...dialects].map(([name, dialect]) => ({ name, dialect, expected: CASES[name] })))(
  "$name",
  ({ dialect, expected }) => {
    if (!expected) return;
    const timestamp = Math.floor(Date.now() / 1000);

    async function request(event: Message, secrets: string[]): Promise<{ headers: Headers; body: string }> {
      const body = dialect.body(event);
      const signature = secrets.length === 0 ? undefined : await dialect.sign(secrets, event, timestamp, body);
      return { headers: dialect.headers(event, { timestamp, signature }), body };
    }

    it("writes the envelope of its document, keys in order", () => {
      expect(dialect.body({ ...message, ...expected.example })).toBe(expected.body);
    });

    it.each(TRICKY)("carries the payload %s untouched, and signs it so that its receivers accept it", async (data) => {
      const secret = dialect.secret.generate();
      const { headers, body } = await request({ ...message, data }, [secret]);
      expect(body).toContain(data);
      expect(expected.accepts(headers, body, secret)).toBe(true);
      expect(expected.accepts(headers, `${body} `, secret)).toBe(false);
      expect(expected.accepts(headers, body, dialect.secret.generate())).toBe(false);
    });

    it("sends exactly its own headers, and no signature without a secret", async () => {
      const signed = await request(message, [dialect.secret.generate()]);
      expect(Object.keys(signed.headers).toSorted()).toEqual(expected.headers.toSorted());
      const { headers } = await request(message, []);
      expect(Object.keys(headers).toSorted()).toEqual(
        expected.headers.filter((name) => name !== expected.signature).toSorted(),
      );
    });

    it("names headers and fills them so that every HTTP client takes them", async () => {
      const { headers } = await request(message, [dialect.secret.generate(), dialect.secret.generate()]);
      for (const [name, value] of Object.entries(headers)) {
        expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
        expect(value).toMatch(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/);
      }
    });

    it("signs with the newest secret, and with those before it exactly where the header has room", async () => {
      const [newest, older] = [dialect.secret.generate(), dialect.secret.generate()];
      const { headers, body } = await request(message, [newest, older]);
      expect(expected.accepts(headers, body, newest)).toBe(true);
      expect(expected.accepts(headers, body, older)).toBe(expected.rotates);
    });

    it("generates secrets that it accepts, and each only once", () => {
      const secrets = Array.from({ length: 20 }, () => dialect.secret.generate());
      expect(new Set(secrets).size).toBe(20);
      for (const secret of secrets) expect(dialect.secret.complaint(secret)).toBeUndefined();
    });

    it("has a schedule and a timeout that the API would take", () => {
      expect(dialect.retryDelays.length).toBeLessThanOrEqual(10);
      for (const delay of dialect.retryDelays) expect(delay >= 1 && delay <= 86_400).toBe(true);
      expect(dialect.timeoutMs >= 1000 && dialect.timeoutMs <= 30_000).toBe(true);
    });

    it("has event types of its own name only", () => {
      for (const { system } of dialect.catalogue) expect(system).toBe(dialect.name);
    });
  },
);
