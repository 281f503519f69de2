import { describe, expect, it } from "vitest";
import { exampleOf, type Headers } from "./example.ts";
import { dialects, type Message } from "./index.ts";

/** What every dialect must do, each by its own document. A dialect that is registered and has no example fails. */

const message: Message = {
  deliveryId: "01a200d2-76b0-7000-8000-001000000001",
  eventId: "evt_01M80D4XNG000000001001WGQE",
  type: "ticket.created",
  channels: [],
  occurredAt: 0,
  data: "{}",
  workspace: { id: 1, externalId: "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51", publicName: "yourCompany" },
};

/** Payloads that a careless writer would change. */
const TRICKY = [
  '"Zürich ✓ 🎺"',
  '{"price":1.0,"big":12345678901234567890,"e":1e400}',
  '{"a":"\\u2028</script>"}',
  "null",
];

const examples = await Promise.all(
  [...dialects].map(async ([name, dialect]) => ({ name, dialect, expected: await exampleOf(name) })),
);

describe.each(examples)("$name", ({ dialect, expected }) => {
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
});
