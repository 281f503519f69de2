/**
 * What an endpoint does, as docs/delivery.md says it: sets, maps and a clock that is told. It is told what happens, and
 * throws what must not. It decides nothing that is the product's to decide: it says what may be, and what must.
 */

/** Failed rounds one after another that make an endpoint failing. */
const FAILING_AT = 5;
/** What was not attempted waits for so long, and so does everything else, in milliseconds. */
const NOT_ATTEMPTED_MS = 1000;
/** A receiver that asks for patience gets it for the endpoint up to this, in milliseconds. */
const MOST_PATIENCE_MS = 300_000;
/** While something is on its way an alarm is no further away than this, in milliseconds. */
const RESUME_MS = 3000;
/** An answer is on disk after this, in milliseconds: a second, and another one where it came behind the first of its row. */
const FILED_MS = 2000;
/** So long an answer waits for the others of its row, in milliseconds. */
const STRAGGLE_MS = 1000;
/** The first probes are of the oldest. */
const PROBES_OF_OLDEST = 2;
/** Events join the youngest parcel for so long after its first one, in milliseconds. */
const JOINED_FOR_MS = 3_600_000;

export type Rules = {
  /** Seconds before each retry, and before each probe. */
  schedule: readonly number[];
  /** Failed probes that disable it. */
  probes: number;
  /** Deliveries that may be under way at once; null: that is nobody's business here. */
  most: number | null;
};

/** How an attempt went. */
export type How =
  | { kind: "delivered" }
  | { kind: "failed"; asksMs: number; gone: boolean }
  /** By a fault of the service's own: it says nothing of the endpoint. */
  | { kind: "fault of ours" }
  | { kind: "not attempted" };

type UnderWay = {
  probe: boolean;
  /** Whether it goes before the next probe, for a change of the webhook: if it fails, it has not been. */
  extra: boolean;
  /** Which of the endpoint's streaks it belongs to. */
  round: number;
  /** Whether a failure uses up one of the schedule's. */
  counts: boolean;
  /** Whether it was one of those that go out in their order. */
  inOrder: boolean;
  /** Whether there was a pause since it began. */
  paused: boolean;
};

type Told = { how: Exclude<How, { kind: "not attempted" }>; at: number; counts: boolean };

export type Delivery = {
  readonly event: string;
  /** How many there were before it. */
  readonly place: number;
  readonly at: number;
  /** Those that waited together may share a row: within it they may go by each other. */
  readonly company: number;
  state: "open" | "delivered" | "failed";
  /** Failures since it was accepted or sent again, of those that the schedule has. */
  failures: number;
  /** All that are in its log. */
  attempts: number;
  /** When it is due, in milliseconds since 1970: between these two, until its row shows it. */
  earliest: number;
  latest: number;
  /** It was not attempted, and is begun again by this, in milliseconds since 1970; else 0. */
  backBy: number;
  /** When the first of its attempts that failed had ended, in milliseconds since 1970; null without any in its log. */
  failedAt: number | null;
  /** When it was settled as delivered, in milliseconds since 1970; null if it is not. */
  deliveredAt: number | null;
  underWay: UnderWay | null;
  /** How it went, where that may not be on disk. */
  told: Told | null;
  /** Whether its row was seen. */
  onDisk: boolean;
  /** Whether it waited when the endpoint recovered: such go out one after another. */
  held: boolean;
  sentAgain: boolean;
};

/** What is found on disk of a delivery. */
export type SeenDelivery = {
  state: Delivery["state"];
  attempts: number;
  failures: number;
  due: number;
  completedAt: number;
};

class Broken extends Error {}

function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Broken(what());
}

export class EndpointReference {
  readonly rules: Rules;
  status: "active" | "paused" | "disabled" = "active";
  /** What the endpoint has, the oldest first. */
  readonly deliveries = new Map<string, Delivery>();
  /** What the stream was told to be stored. */
  readonly stored = new Set<string>();
  streak = 0;
  failing = false;
  /** Consecutive failed probes. */
  probes = 0;
  /** When the next probe goes out, and what is on disk of that; in milliseconds since 1970. */
  probe = { at: 0, noted: 0 };
  /** When it was to go out, while an extra one goes before it, in milliseconds since 1970; else null. */
  #regular: number | null = null;
  /** The deliveries that the failures of the streak are of. */
  #suspects = new Set<string>();
  /** When the endpoint last took one, in milliseconds since 1970; unknown after a crash, until it matters. */
  #lastSuccess: number | undefined = 0;
  /** Nothing goes out before this, in milliseconds since 1970; a crash forgets it, but for the alarm that is set. */
  coolUntil = 0;
  #alarmUntil = 0;
  /** When what could not be attempted goes on, in milliseconds since 1970. */
  #backAt = 0;
  /** Those that are still to go out in their order after a recovery. */
  readonly inOrder = new Set<Delivery>();
  /** What the latest failure of the streak made the next probe wait, in milliseconds. */
  #probeWait = 0;
  #round = 0;
  /**
   * Companies whose rows do not tell any more which is older, so that they may go by each other: a row keeps its number when its
   * oldest are done or sent again, and when those at work stay in it as others leave. Left open here: how far they may.
   */
  readonly #mixed = new Set<number>();
  /** Begun in this life of the object: who comes later does not join such a one. */
  readonly #begun = new Set<string>();

  constructor(rules: Rules) {
    this.rules = rules;
  }

  get all(): Delivery[] {
    return [...this.deliveries.values()];
  }

  get underWay(): Delivery[] {
    return this.all.filter((each) => each.underWay);
  }

  get waiting(): Delivery[] {
    return this.all.filter((each) => each.state === "open" && !each.underWay && !each.told);
  }

  /** @returns those that the endpoint did not have */
  handedOver(events: readonly string[], now: number): string[] {
    const fresh = events.filter((event) => !this.deliveries.has(event));
    for (const event of fresh) {
      const newest = this.all.at(-1);
      const first = this.all.find(({ company }) => company === newest?.company);
      const inTime = now - (first?.at ?? 0) <= JOINED_FOR_MS;
      const joins = newest?.state === "open" && newest.attempts === 0 && !this.#begun.has(newest.event) && inTime;
      const company = (newest?.company ?? 0) + (joins ? 0 : 1);
      const times = {
        place: this.deliveries.size,
        at: now,
        earliest: now,
        latest: now,
        backBy: 0,
        failedAt: null,
        deliveredAt: null,
      };
      const counts = { failures: 0, attempts: 0 };
      const not = { onDisk: false, held: false, sentAgain: false };
      this.deliveries.set(event, {
        ...{ event, company, state: "open", ...counts, ...times },
        ...{ underWay: null, told: null, ...not },
      });
    }
    return fresh;
  }

  /** It did not take them. */
  refused(events: readonly string[]): void {
    for (const event of events) this.deliveries.delete(event);
  }

  saidStored(events: readonly string[]): void {
    for (const event of events) this.stored.add(event);
  }

  /** A request goes out. */
  begins(event: string, now: number): void {
    const it = this.#get(event);
    const why = (what: string) => () => `${event} began ${what}`;
    must(this.status === "active", why(`while the endpoint was ${this.status}`));
    must(it.underWay === null, why("while it was under way"));
    must(it.state === "open", why(`although it was ${it.state}`));
    must(it.told === null, why("although its answer had come"));
    must(now >= this.coolUntil, why("although the receiver had asked for patience, or an attempt could not be made"));
    const others = this.underWay.length;
    const inOrder = this.inOrder.delete(it);
    if (this.failing) {
      must(others === 0, why("beside another one while the endpoint was failing"));
      if (now < this.probe.at) {
        must(this.#isUnsuspected(it, now), why(`${this.probe.at - now} ms before the next probe`));
        this.#isOldest(it, this.unsuspected(now));
      } else if (this.probes < PROBES_OF_OLDEST) this.#isOldest(it, this.waiting);
    } else {
      must(now >= it.earliest, why(`${it.earliest - now} ms before it was due`));
      if (it.held) must(others === 0, why("beside another one although it was held"));
      if (inOrder) this.#isOldest(it, [...this.inOrder]);
    }
    if (this.rules.most !== null) must(others < this.rules.most, why(`as one of ${others + 1}`));
    this.#begun.add(it.event);
    it.backBy = 0;
    const extra = this.failing && this.#regular !== null && now < this.#regular;
    // A probe before its time uses up nothing; what differs by no more than the jitter is the retry.
    const counts = !this.failing || it.latest <= now + this.#probeWait / 10;
    it.underWay = { probe: this.failing, extra, round: this.#round, counts, inOrder, paused: false };
  }

  /** Those that need not wait for the next probe: all that failed is one other delivery, and it may be that one's fault. */
  unsuspected(now: number): Delivery[] {
    return this.waiting.filter((each) => this.#isUnsuspected(each, now));
  }

  #isUnsuspected({ failures, latest }: Delivery, now: number): boolean {
    return this.#suspects.size === 1 && failures === 0 && latest <= now;
  }

  /** What shares a row with something that is at work stays behind with it, and may be passed. */
  #isOldest(it: Delivery, among: readonly Delivery[]): void {
    const busy = this.#companiesAtWork();
    for (const each of among) {
      if (each === it || each.state !== "open" || each.sentAgain || busy.has(each.company)) continue;
      const mixed = each.company === it.company && this.#mixed.has(it.company);
      must(mixed || each.place > it.place, () => `${it.event} began before ${each.event}, which is older`);
    }
  }

  #companiesAtWork(): Set<number> {
    const atWork = this.all.filter(({ underWay, told, backBy }) => underWay || told || backBy);
    return new Set(atWork.map(({ company }) => company));
  }

  /** An attempt is told to have ended. */
  ends(event: string, how: How, now: number): void {
    const it = this.#get(event);
    const attempt = it.underWay;
    if (!attempt) throw new Error(`${event} is not under way`);
    it.underWay = null;
    if (how.kind === "not attempted") {
      if (attempt.inOrder && !attempt.paused && !this.failing) this.inOrder.add(it);
      if (attempt.probe) {
        if (this.failing) this.probe.at = now + NOT_ATTEMPTED_MS;
      } else if (!attempt.paused) {
        it.backBy = now + NOT_ATTEMPTED_MS;
        this.#backAt = it.backBy;
        this.#coolTo(it.backBy);
      }
      return;
    }
    it.told = { how, at: now, counts: attempt.counts };
    if (how.kind === "delivered") this.#succeeded(now);
    else if (how.kind === "failed") this.#failed(it, attempt, how, now);
    else if (attempt.probe && this.failing) this.probe.at = now + this.#probeDelay();
  }

  #succeeded(now: number): void {
    this.#lastSuccess = now;
    if (this.failing) this.#recovers(now);
    else if (this.streak > 0) {
      this.streak = 0;
      this.#suspects.clear();
      this.#round++;
    }
  }

  /** After a crash it is when the latest was settled. */
  #lastSuccessAt(): number {
    this.#lastSuccess ??= Math.max(0, ...this.all.map(({ deliveredAt }) => deliveredAt ?? 0));
    return this.#lastSuccess;
  }

  #failed(it: Delivery, attempt: UnderWay, how: { asksMs: number; gone: boolean }, now: number): void {
    if (how.asksMs > 0) this.#coolTo(now + Math.min(how.asksMs, MOST_PATIENCE_MS));
    // The endpoint has taken others since this one failed before: it says something of the event.
    const lastSuccess = this.#lastSuccessAt();
    const poison = !attempt.probe && it.failedAt !== null && it.failedAt <= lastSuccess;
    // What was under way together and fails together is one failure.
    if (!poison && attempt.round === this.#round) {
      this.#round++;
      if (attempt.extra && this.failing) {
        this.probe.at = Math.max(this.#regular ?? this.probe.at, now, this.coolUntil);
        this.#probeWait = this.probe.at - now;
      } else this.#counted(it, attempt, now);
      this.#regular = null;
    }
    if (this.status === "active" && (how.gone || this.probes >= this.rules.probes)) this.#stops("disabled");
  }

  #counted(it: Delivery, { probe }: UnderWay, now: number): void {
    this.streak++;
    this.#suspects.add(it.event);
    if (probe) this.probes++;
    if (!this.failing && this.streak >= FAILING_AT) {
      this.failing = true;
      this.inOrder.clear();
    }
    if (!this.failing) return;
    const at = Math.max(now + this.#probeDelay(), this.coolUntil);
    this.probe = { at, noted: at };
    this.#probeWait = at - now;
  }

  /** What was scheduled for later is due, and has back the attempt that it waits after. */
  #bringForward(now: number): void {
    for (const each of this.all) {
      if (each.state !== "open" || each.earliest <= now) continue;
      each.failures = Math.max(0, each.failures - 1);
      each.earliest = each.latest = now;
    }
  }

  /** Everything that waits is due, the oldest first, one after another. */
  #recovers(now: number): void {
    this.streak = 0;
    this.probes = 0;
    this.failing = false;
    this.#regular = null;
    this.#suspects.clear();
    this.#round++;
    this.inOrder.clear();
    this.#bringForward(now);
    const busy = this.#companiesAtWork();
    for (const each of this.all) {
      if (each.state !== "open") continue;
      each.held = !each.underWay;
      if (!each.held) continue;
      // What shares a row with something that is at work may go on with it.
      if (!busy.has(each.company)) this.inOrder.add(each);
    }
  }

  #probeDelay(): number {
    const { schedule } = this.rules;
    return (schedule[Math.min(this.probes, schedule.length - 1)] ?? 0) * 1000;
  }

  #coolTo(at: number): void {
    this.coolUntil = Math.max(this.coolUntil, at);
    this.#alarmUntil = this.coolUntil;
  }

  paused(): void {
    this.#stops("paused");
  }

  #stops(status: "paused" | "disabled"): void {
    this.status = status;
    for (const each of this.all) each.backBy = 0;
    for (const { underWay } of this.underWay) if (underWay) underWay.paused = true;
  }

  /** After a pause or a repair. */
  resumed(now: number): void {
    this.status = "active";
    this.coolUntil = this.#alarmUntil = this.#backAt = 0;
    this.#recovers(now);
    this.#lastSuccessAt();
  }

  /** Somebody says so. */
  probedNow(now: number): void {
    if (!this.failing || this.status !== "active") return;
    this.coolUntil = this.#alarmUntil = 0;
    this.#regular = null;
    this.probe.at = now;
  }

  /** The webhook was changed: a failing endpoint is probed, and what comes of it makes nothing worse. */
  changed(now: number): void {
    if (!this.failing) return;
    this.coolUntil = this.#alarmUntil = 0;
    this.#regular ??= this.probe.at;
    this.probe.at = now;
  }

  /** It is reached at another URL. */
  moved(now: number): void {
    // Where it leads does not matter to what could not be attempted.
    this.coolUntil = this.#alarmUntil = this.#backAt;
    this.#bringForward(now);
    this.changed(now);
  }

  sentAgain(event: string, now: number): void {
    const it = this.#get(event);
    if (it.underWay || it.told) return;
    it.earliest = Math.min(it.earliest, now);
    it.sentAgain = true;
    this.#mixed.add(it.company);
    this.inOrder.delete(it);
    const done = it.state !== "open";
    // What shares a row with something that is under way stays as it is.
    const free = this.all.every((each) => !each.underWay && !each.told && !each.backBy) && now >= this.coolUntil;
    if (done || free) it.latest = Math.min(it.latest, now);
    if (!done) return;
    it.state = "open";
    it.failures = 0;
    it.held = false;
    it.deliveredAt = null;
    it.earliest = it.latest = now;
  }

  /** What was in memory alone is gone. Rows were seen just before. */
  crashed(): void {
    for (const it of this.all) {
      it.underWay = null;
      it.told = null;
      it.backBy = 0;
      if (it.onDisk) continue;
      must(!this.stored.has(it.event), () => `${it.event} is lost, and was said to be stored`);
      this.deliveries.delete(it.event);
    }
    this.coolUntil = this.#backAt = 0;
    // The alarm is set by what was in memory.
    if (this.failing) this.#alarmUntil = Math.max(this.#alarmUntil, this.probe.at);
    this.probe.at = this.probe.noted;
    this.#probeWait = 0;
    this.#regular = null;
    this.#lastSuccess = undefined;
    this.#begun.clear();
    for (const it of this.all) if (it.attempts > 0 || it.state !== "open") this.#begun.add(it.event);
  }

  /** What is on disk now, by event. */
  sees(rows: ReadonlyMap<string, SeenDelivery>, now: number): void {
    for (const event of rows.keys()) must(this.deliveries.has(event), () => `${event} is there, and nobody knows it`);
    for (const it of this.all) {
      const row = rows.get(it.event);
      if (!row) {
        must(!it.onDisk, () => `${it.event} was on disk, and is no more`);
        must(!this.stored.has(it.event), () => `${it.event} is not on disk, and was said to be`);
        continue;
      }
      it.onDisk = true;
      if (row.attempts !== it.attempts) this.#settled(it, row, now);
      if (it.state === "open") {
        // Of what is due it does not matter since when.
        const isSo = row.due <= Math.max(it.latest, now) && (row.due >= it.earliest || it.earliest <= now);
        must(
          isSo,
          () => `${it.event} is due in ${row.due - now} ms, not in ${it.earliest - now} to ${it.latest - now}`,
        );
        it.earliest = it.latest = row.due;
      }
      const said = { state: it.state, attempts: it.attempts, failures: it.state === "open" ? it.failures : 0 };
      const found = { state: row.state, attempts: row.attempts, failures: row.state === "open" ? row.failures : 0 };
      must(JSON.stringify(said) === JSON.stringify(found), () => {
        return `${it.event} is ${JSON.stringify(found)}, and should be ${JSON.stringify(said)}`;
      });
    }
  }

  /** Its answer has come to its row. */
  #settled(it: Delivery, row: SeenDelivery, now: number): void {
    const { told } = it;
    if (!told || row.attempts !== it.attempts + 1) {
      throw new Broken(`${it.event} has ${row.attempts} attempts, and had ${it.attempts}`);
    }
    it.told = null;
    if (now - told.at >= STRAGGLE_MS || row.state !== "open") this.#mixed.add(it.company);
    it.attempts++;
    const { how } = told;
    if (how.kind === "delivered") {
      it.state = "delivered";
      it.deliveredAt = row.completedAt;
      return;
    }
    it.failedAt ??= told.at;
    if (!told.counts) return;
    const seconds = this.rules.schedule[it.failures];
    it.failures++;
    if (seconds === undefined) {
      it.state = "failed";
      return;
    }
    const delay = Math.max(seconds * 1000, how.kind === "failed" ? how.asksMs : 0);
    it.earliest = told.at + delay;
    it.latest = now + delay;
  }

  /**
   * Nothing is forgotten: what is to be done is under way, or an alarm is set for it.
   * @param awake false after a crash, until something wakes the object up
   */
  rests(awake: boolean, alarm: number | null, now: number): void {
    for (const { told, event } of this.all) {
      if (awake && told) must(now - told.at <= FILED_MS, () => `The answer of ${event} is not on disk`);
    }
    if (this.status !== "active") return;
    const isSet = (by: number, what: string) => {
      must(alarm !== null, () => `No alarm is set, and ${what}`);
      must(alarm !== null && alarm <= by, () => `The alarm rings in ${(alarm ?? 0) - now} ms, and ${what}`);
    };
    const { underWay, waiting } = this;
    // What shares a row with something under way may have to wait for it.
    const free = waiting.filter(({ backBy, company }) => backBy || underWay.every((each) => each.company !== company));
    const due = this.failing ? this.probe.at : Math.min(...free.map((each) => Math.max(each.latest, each.backBy)));
    const at = Math.max(due, this.#alarmUntil);
    // If the object ended now, it would go out again: a probe in its time. What is not on disk the stream hands over again.
    const resume = Math.max(now + RESUME_MS, this.failing ? at : 0);
    if (underWay.length > 0 && this.all.every(({ onDisk }) => onDisk)) isSet(resume, "something is under way");
    // Beside what is under way there may be no place for what is due.
    const isDue = now >= this.coolUntil && waiting.some(({ earliest }) => earliest <= now);
    if (waiting.length === 0 || (underWay.length > 0 && (this.failing || isDue))) return;
    // Left out: who had asked for patience may have it until the next probe.
    const idle = this.failing && this.coolUntil === 0 && underWay.length === 0 ? this.unsuspected(now) : [];
    if (awake) must(idle.length === 0, () => `Nothing is known against ${idle[0]?.event}, and it does not go out`);
    if (awake) must(at > now, () => `Nothing goes out, and ${waiting.length} could`);
    isSet(awake ? at : Math.max(at, now + RESUME_MS), `something is due in ${at - now} ms`);
  }

  #get(event: string): Delivery {
    const it = this.deliveries.get(event);
    if (!it) throw new Broken(`${event} began, and nobody had handed it over`);
    return it;
  }
}
