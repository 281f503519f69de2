import { dialectOf } from "../dialects/index.ts";
import type { StoredEvent } from "../events/contract.ts";
import { heard } from "../events/match.ts";
import { decodeEvents } from "../events/record.ts";
import { deliveryId } from "../lib/ids.ts";
import { maskHeader } from "../lib/mask-header.ts";
import { ask, endpointObject } from "../lib/objects.ts";
import { attemptsAt } from "../targets/judge.ts";
import { LEASE_MS } from "./claims.ts";
import { compose } from "./compose.ts";
import { type Claimed, Message } from "./message.ts";
import { impossible, outcomeOf, refused } from "./outcome.ts";
import type { Outcome, Sent } from "./parcel.ts";
import { BODY_BYTES, send, USER_AGENT } from "./request.ts";
import { type Sendable, sendingConfig } from "./sending-configs.ts";
import { Slots } from "./slots.ts";

const SETTLE_ATTEMPTS = 4;
/** When to look again after a message whose parcel another consumer has. */
const BUSY_SECONDS = 60;

type Work = Extract<Claimed, { state: "go" }>;

/**
 * Works off a batch of a delivery queue. Never throws: the local emulation forgets acknowledgements when a handler does,
 * and every outcome that matters is in the endpoint's hands by then.
 */
export async function consume(batch: MessageBatch, env: Env): Promise<void> {
  const slots = new Slots();
  const hanging = new Set<string>();
  const parcels = batch.messages.map(async (message) => {
    const parsed = Message.safeParse(message.body);
    if (!parsed.success) {
      console.error(`${batch.queue}: message ${message.id} is not a parcel's; dropped`);
      message.ack();
      return;
    }
    slots.enter(parsed.data.endpoint);
    try {
      const done = await new ParcelRun(env, parsed.data, slots, hanging).run();
      if (done) message.ack();
      else message.retry({ delaySeconds: BUSY_SECONDS });
    } catch (error) {
      // Bounded by the queue's max_retries; after that the endpoint releases the parcel again, a few times.
      console.error(`${parsed.data.endpoint}: parcel ${parsed.data.seq} did not get through:`, error);
      message.retry();
    } finally {
      slots.leave(parsed.data.endpoint);
    }
  });
  await Promise.all(parcels);
}

/** One parcel in one invocation: claimed, sent, settled. */
class ParcelRun {
  readonly #env: Env;
  readonly #message: Message;
  readonly #slots: Slots;
  /** Endpoints that timed out in this invocation: nothing more is started for them, so it ends with that timeout. */
  readonly #hanging: Set<string>;
  readonly #claimant = crypto.randomUUID();
  #leaseEnds = 0;
  #renewal: Promise<boolean> | undefined;
  #stopped = false;

  constructor(env: Env, message: Message, slots: Slots, hanging: Set<string>) {
    this.#env = env;
    this.#message = message;
    this.#slots = slots;
    this.#hanging = hanging;
  }

  /** @returns whether the message is done with */
  async run(): Promise<boolean> {
    const { endpoint, seq, release } = this.#message;
    const asked = Date.now();
    const work = await ask(
      () => endpointObject(this.#env, endpoint),
      (stub) => stub.claim(seq, release, this.#claimant),
    );
    if (work.state !== "go") return work.state === "stale";
    this.#leaseEnds = asked + LEASE_MS;
    const config = await sendingConfig(this.#env, endpoint, work.version);
    // Deleted in between: its object is about to forget the parcel.
    if (!config) return true;
    await this.#settle(await this.#sendAll(work, config), sentOf(config));
    return true;
  }

  async #sendAll(work: Work, config: Sendable): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const events = decodeEvents(work.events);
    const attempts = work.indices.flatMap((index, position) => {
      const event = events[position];
      return event ? [{ index, event }] : [];
    });
    const judge = attemptsAt(this.#env, config.url);
    const attempt = async ({ index, event }: (typeof attempts)[number]) => {
      await this.#slots.acquire(config.id);
      let held = true;
      const giveBack = () => {
        if (held) this.#slots.release(config.id);
        held = false;
      };
      try {
        // Before the lease is looked at, which this may outlast; and apart from the delivery's own deadline.
        const refusal = await judge();
        if (!(await this.#mayStart())) return;
        if (refusal) outcomes.push(refused(index, refusal));
        else {
          outcomes.push(
            await this.#attempt(work, config, index, event, giveBack).catch((error) => {
              console.error("An attempt could not be made:", error);
              return impossible(index);
            }),
          );
        }
      } catch (error) {
        // The endpoint's object is away: what has an outcome must still reach it, the rest waits.
        console.error(`${config.id}: the lease could not be renewed:`, error);
        this.#stopped = true;
      } finally {
        giveBack();
      }
    };
    if (work.ordered) for (const each of attempts) await attempt(each);
    else await Promise.all(attempts.map(attempt));
    return outcomes;
  }

  /** Renews the lease when it has run out; once refused, nothing more of this parcel starts. */
  async #mayStart(): Promise<boolean> {
    if (this.#stopped || this.#hanging.has(this.#message.endpoint)) return false;
    if (Date.now() < this.#leaseEnds) return true;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    this.#stopped = !(await this.#renewal);
    return !this.#stopped;
  }

  async #renew(): Promise<boolean> {
    const { endpoint, seq, release } = this.#message;
    const asked = Date.now();
    const granted = await ask(
      () => endpointObject(this.#env, endpoint),
      (stub) => stub.renew(seq, release, this.#claimant),
    );
    if (granted) this.#leaseEnds = asked + LEASE_MS;
    return granted;
  }

  async #attempt(
    work: Work,
    config: Sendable,
    index: number,
    event: StoredEvent,
    answered: () => void,
  ): Promise<Outcome> {
    const at = Date.now();
    const dialect = dialectOf(config.dialect);
    const message = {
      ...event,
      channels: heard(event.channels, config),
      eventId: event.id,
      deliveryId: deliveryId({ at: event.at, endpoint: work.endpointNumber, family: work.family, index }),
      workspace: config.workspace,
    };
    const timestamp = Math.floor(at / 1000);
    const { headers, body, signature } = await compose(dialect, message, config, timestamp);
    const request = { url: config.url, headers, body, timeoutMs: config.timeoutMs };
    const answer = await send(request, BODY_BYTES + config.hidden.reach, answered);
    if (answer.error === "timeout") this.#hanging.add(config.id);
    return outcomeOf(index, at, signature, answer, config.hidden);
  }

  /** Tells the endpoint, patiently: what it does not hear of is sent again. */
  async #settle(outcomes: Outcome[], sent: Sent): Promise<void> {
    const { endpoint, seq, release } = this.#message;
    for (let attempt = 1; ; attempt++) {
      try {
        await endpointObject(this.#env, endpoint).settle(seq, release, outcomes, sent);
        return;
      } catch (error) {
        if (attempt === SETTLE_ATTEMPTS) throw error;
        await scheduler.wait(100 * 4 ** attempt);
      }
    }
  }
}

function sentOf(config: Sendable): Sent {
  const headers = Object.fromEntries(
    Object.entries(config.headers).map(([name, value]) => [name.toLowerCase(), maskHeader(name, value)]),
  );
  const { url, dialect, channels } = config;
  return { url, dialect, channels, headers: { ...headers, "user-agent": USER_AGENT } };
}
