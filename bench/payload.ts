/** The event type that every endpoint of a run subscribes to. */
export const EVENT = "ticket.created";

/** Numbers of different runs are this far apart, so that a straggler of one is not taken for an event of the next. */
export const NUMBERS_PER_RUN = 10_000_000;

const MARK = Buffer.from('"bench_number":');

/** A ticket of about 400 bytes that carries its event's number. */
export function eventData(number: number) {
  return {
    bench_number: number,
    id: number,
    subject: "The export of last month's invoices never ends",
    status: "open",
    priority: "high",
    channel: "email",
    requester: { id: 4711, name: "Ada Example", email: "ada@example.com" },
    assignee: null,
    tags: ["billing", "export", "enterprise"],
    custom_fields: { plan: "business", region: "eu-west", seats: 250 },
    created_at: "2026-03-26T14:30:00Z",
  };
}

const event = (number: number) => ({ event: EVENT, data: eventData(number) });

/** The body of a publish, as bytes: one event as such, several as a batch. */
export function publishBody(first: number, count: number): Buffer {
  const body =
    count === 1 ? event(first) : { events: Array.from({ length: count }, (_, index) => event(first + index)) };
  return Buffer.from(JSON.stringify(body));
}

/** The number that a delivery's body carries; NaN if it carries none. */
export function numberIn(body: Buffer): number {
  const at = body.indexOf(MARK);
  return at < 0 ? Number.NaN : Number.parseInt(body.toString("latin1", at + MARK.length, at + MARK.length + 16), 10);
}
