import type { Alarm } from "../../lib/alarm.ts";
import type { Meta } from "../../lib/sql.ts";
import type { Alert } from "./alert.ts";

/** Between attempts to tell something, in milliseconds. */
const RETRY_MS = 5000;
/** Before each further attempt to send an email, in milliseconds; then it is given up. */
const MAIL_RETRY_MS = [5000, 30_000, 120_000, 600_000];
/** While they cannot be told, at most so many of `delivery.exhausted` are kept, of at most some 30 KB each. */
const MAX_EXHAUSTED = 20;

/** The ways in which an alert is told. Each may be called again after it failed. */
export type Teller = {
  /** Lets D1 say that the endpoint is disabled. */
  mark(alert: Alert): Promise<void>;
  publish(alert: Alert): Promise<void>;
  mail(alert: Alert): Promise<void>;
};

/**
 * What is still to be told of an endpoint, in the order in which it happened; in memory and, after every step, on disk.
 * D1 comes first, then the event; an event waits for those before it. Emails go out beside them, and hold up nothing.
 */
export class Alerts {
  readonly #meta: Meta;
  readonly #alarm: Alarm;
  readonly #teller: Teller;
  readonly #list: Alert[];
  readonly #marks: Rounds;
  readonly #events: Rounds;
  readonly #mails: Rounds;

  constructor(meta: Meta, alarm: Alarm, teller: Teller) {
    this.#meta = meta;
    this.#alarm = alarm;
    this.#teller = teller;
    this.#list = meta.read<Alert[]>("notices") ?? [];
    this.#marks = new Rounds(
      () => this.#list.find(({ todo }) => todo.mark),
      (alert) => this.#mark(alert),
    );
    this.#events = new Rounds(
      () => this.#list.find(({ todo }) => todo.publish),
      (alert) => this.#publish(alert),
    );
    this.#mails = new Rounds(
      // What D1 has not heard of may still be taken back.
      () => this.#list.find(({ todo }) => !todo.mark && todo.mail && todo.mail.notBefore <= Date.now()),
      (alert) => this.#mail(alert),
    );
  }

  /** Whether D1 is still to hear that the endpoint is disabled. */
  get marking(): boolean {
    return this.#list.some(({ todo }) => todo.mark);
  }

  /**
   * Takes back that the endpoint is disabled, where nobody has heard that D1 knows it: nothing is told of that. (D1 may have
   * known for a moment, where its answer was lost and the endpoint was enabled at once.)
   */
  retractMarks(): void {
    for (const { todo } of this.#list.filter((alert) => alert.todo.mark)) {
      Object.assign(todo, { mark: false, publish: false, mail: null });
    }
    this.#save();
  }

  /** Keeps it, to be told by {@link tell}; the alarm sees to it that it happens even if the object ends now. */
  add(alert: Alert): void {
    if (alert.type === "delivery.exhausted" && this.#exhausted() >= MAX_EXHAUSTED) {
      const ids = alert.data.deliveries.map((delivery) => delivery.delivery_id);
      console.error(`${alert.data.webhook_id}: too much is waiting to be told; not told that these failed: ${ids}`);
      return;
    }
    this.#list.push(alert);
    this.#save();
    this.#alarm.by(Date.now() + RETRY_MS);
  }

  #exhausted(): number {
    return this.#list.filter(({ type }) => type === "delivery.exhausted").length;
  }

  /** Tries what can be told now, once. Never throws: what fails is tried again at an alarm. */
  async tell(): Promise<void> {
    // Not waited for: a slow mail server must not hold up the alarm.
    void this.#mails.run();
    await this.#marks.run();
    void this.#mails.run();
    await this.#events.run();
  }

  /** When there is something to try again, in milliseconds since 1970; undefined if all is told. */
  nextWake(): number | undefined {
    const soon = Date.now() + RETRY_MS;
    const times = this.#list.map(({ todo }) => {
      return todo.mark || todo.publish ? soon : Math.max(soon, todo.mail?.notBefore ?? 0);
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async #mark(alert: Alert): Promise<boolean> {
    try {
      await this.#teller.mark(alert);
    } catch (error) {
      return this.#failed(alert, "could not be marked, trying again", error);
    }
    alert.todo.mark = false;
    this.#save();
    return true;
  }

  async #publish(alert: Alert): Promise<boolean> {
    // Who hears of it and looks must find it so.
    if (alert.todo.mark) return false;
    try {
      await this.#teller.publish(alert);
    } catch (error) {
      return this.#failed(alert, "could not be published, trying again", error);
    }
    alert.todo.publish = false;
    this.#save();
    return true;
  }

  async #mail(alert: Alert): Promise<boolean> {
    const { mail } = alert.todo;
    if (!mail) return true;
    try {
      await this.#teller.mail(alert);
      alert.todo.mail = null;
    } catch (error) {
      const delay = MAIL_RETRY_MS[mail.tries];
      this.#failed(alert, `could not be mailed, ${delay === undefined ? "given up" : "trying again"}`, error);
      if (delay === undefined) alert.todo.mail = null;
      else alert.todo.mail = { ...mail, tries: mail.tries + 1, notBefore: Date.now() + delay };
    }
    this.#save();
    return true;
  }

  #failed(alert: Alert, what: string, error: unknown): false {
    console.error(`${alert.data.webhook_id}: ${alert.type} ${what}:`, error);
    this.#alarm.by(Date.now() + RETRY_MS);
    return false;
  }

  /** Writes the list without what is told. */
  #save(): void {
    const open = this.#list.filter(({ todo }) => todo.mark || todo.publish || todo.mail !== null);
    this.#list.splice(0, this.#list.length, ...open);
    if (open.length === 0) this.#meta.delete("notices");
    else this.#meta.write("notices", open);
  }
}

/** Work done one piece after the other until there is none left, or one fails. Asked for meanwhile, it is the same run. */
class Rounds {
  readonly #next: () => Alert | undefined;
  readonly #work: (alert: Alert) => Promise<boolean>;
  #running: Promise<void> | undefined;

  constructor(next: () => Alert | undefined, work: (alert: Alert) => Promise<boolean>) {
    this.#next = next;
    this.#work = work;
  }

  run(): Promise<void> {
    this.#running ??= this.#go();
    return this.#running;
  }

  async #go(): Promise<void> {
    // The run must be known as under way before it can end, and what was added just now must be on disk.
    await undefined;
    try {
      for (let alert = this.#next(); alert; alert = this.#next()) if (!(await this.#work(alert))) return;
    } finally {
      // In the same step in which nothing was found: what is added a moment later begins a run of its own.
      this.#running = undefined;
    }
  }
}
