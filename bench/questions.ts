import { api } from "../test/support/api.ts";
import { signedIn, type Visitor } from "../test/support/portal.ts";
import { now } from "./clock.ts";
import { RARE_EVENT, USUAL_EVENT } from "./long-log.ts";
import type { Unlimited } from "./stage.ts";
import { median } from "./stats.ts";

/** What is asked of a service that has much, and of one that has little. */

/** Where the questions lead. */
export interface Subject {
  service: Unlimited;
  workspace: number;
  /** The one with the log. */
  webhook: string;
}

export type Question = { name: string; ask(): Promise<void> };

/** This far into a list, at most: as many pages as there are, where there are fewer. */
const DEEP_PAGES = 60;

interface Listed {
  data: { id: string }[];
  next_cursor: string | null;
}

export class Asker {
  readonly #subject: Subject;
  readonly #portal: Visitor;
  readonly #path: string;

  private constructor(subject: Subject, portal: Visitor) {
    this.#subject = subject;
    this.#portal = portal;
    this.#path = `/api/v1/workspaces/${subject.workspace}`;
  }

  static async of(subject: Subject): Promise<Asker> {
    return new Asker(subject, await signedIn(subject.service.url, subject.service.adminToken));
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { url, adminToken } = this.#subject.service;
    const { status, text, json } = await api(url, adminToken)<T>(method, this.#path + path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return json;
  }

  async #page(path: string): Promise<void> {
    const { workspace } = this.#subject;
    const { status, text } = await this.#portal.get(`/portal/${workspace}${path}`);
    if (status !== 200) throw new Error(`GET /portal${path}: ${status} ${text.slice(0, 200)}`);
  }

  /** The last cursor of a list, {@link DEEP_PAGES} of its pages in at the most; and an id of the page before it. */
  async #deep(path: string): Promise<{ cursor: string; id: string }> {
    let found = { cursor: "", id: "" };
    for (let page = 1, cursor = ""; page < DEEP_PAGES; page++) {
      const listed: Listed = await this.#call("GET", `${path}?limit=50${cursor && `&cursor=${cursor}`}`);
      if (listed.next_cursor === null) break;
      cursor = listed.next_cursor;
      found = { cursor, id: listed.data[0]?.id ?? "" };
    }
    return found;
  }

  async publish(): Promise<void> {
    await this.#call("POST", "/events", { event: USUAL_EVENT, data: { id: 1 } });
  }

  async firstPage(): Promise<void> {
    await this.#call("GET", `/webhooks/${this.#subject.webhook}/deliveries`);
  }

  /** In the order in which they are asked. */
  async questions(): Promise<Question[]> {
    const { webhook } = this.#subject;
    const own = `/webhooks/${webhook}`;
    const deliveries = `${own}/deliveries`;
    const deep = await this.#deep(deliveries);
    const deepWebhooks = await this.#deep("/webhooks");
    const [event] = (await this.#call<Listed>("GET", "/events?limit=1")).data;
    const get = (name: string, path: string): Question => ({ name, ask: () => this.#call("GET", path) });
    const page = (name: string, path: string): Question => ({ name, ask: () => this.#page(path) });
    return [
      { name: "publish", ask: () => this.publish() },
      { name: "deliveries, first page", ask: () => this.firstPage() },
      get("deliveries, deep page", `${deliveries}?cursor=${deep.cursor}`),
      get("deliveries that failed", `${deliveries}?status=failed`),
      get("deliveries of a rare type", `${deliveries}?event=${RARE_EVENT}`),
      get("a delivery", `/deliveries/${deep.id}`),
      get("events, first page", "/events"),
      get("an event and its deliveries", `/events/${event?.id ?? ""}`),
      get("webhooks, first page", "/webhooks"),
      get("webhooks, deep page", `/webhooks?cursor=${deepWebhooks.cursor}`),
      get("a webhook", own),
      get("health", `${own}/health`),
      get("stats of a day", `${own}/stats?period=24h`),
      page("portal: webhooks", "/webhooks"),
      page("portal: a webhook", own),
      page("portal: its deliveries", deliveries),
      page("portal: those that failed", `${deliveries}?status=failed`),
      page("portal: a delivery", `/deliveries/${deep.id}`),
    ];
  }
}

/** Answers that are timed, and that are not, before. */
const TAKES = 60;
const WARM_UPS = 10;

/**
 * Asks all of them by turns, so that a noisy spell of the machine meets each.
 * @param asks each tells how long it took, in milliseconds
 * @returns the median of each, in milliseconds
 */
export async function byTurns(asks: readonly (() => Promise<number>)[]): Promise<number[]> {
  const all = asks.map((ask) => ({ ask, times: [] as number[] }));
  for (let take = -WARM_UPS; take < TAKES; take++) {
    for (const { ask, times } of all) {
      const ms = await ask();
      if (take >= 0) times.push(ms);
    }
  }
  return all.map(({ times }) => median(times));
}

/** What an answer takes, in milliseconds. */
export async function timed(ask: () => Promise<void>): Promise<number> {
  const began = now();
  await ask();
  return now() - began;
}
