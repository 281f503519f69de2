import { type EndpointState, markDisabled } from "../config/endpoints.ts";
import type { Alarm } from "../lib/alarm.ts";
import type { Meta } from "../lib/sql.ts";
import type { Dispatcher } from "./dispatcher.ts";
import * as news from "./notice.ts";
import { mailNotice } from "./notice-mail.ts";
import { Notices, type Teller } from "./notices.ts";
import { DISABLE_AT, warningsBetween } from "./streak.ts";

/** The object that an endpoint lives in. */
type Host = { env(): Env; waitUntil(work: Promise<unknown>): void };

/**
 * How an endpoint stands: its configuration, its streak, and what follows from them. It warns, disables, and sees to it
 * that the people who must hear of it do. An endpoint that notifications go to is never disabled, and nothing is told of
 * it: it would be told to itself.
 */
export class Standing implements Teller {
  readonly #meta: Meta;
  readonly #dispatcher: Dispatcher;
  readonly #host: Host;
  readonly notices: Notices;
  /** The streak's failures that were written down, and of which everything was told that is to be. */
  #noted: number;

  constructor(meta: Meta, alarm: Alarm, dispatcher: Dispatcher, host: Host) {
    this.#meta = meta;
    this.#dispatcher = dispatcher;
    this.#host = host;
    this.#noted = meta.read<number>("failures") ?? 0;
    dispatcher.streak = { failures: this.#noted, round: 0 };
    dispatcher.config = meta.read<EndpointState>("config") ?? null;
    dispatcher.onExhausted = (found) => {
      const endpoint = this.#watched();
      const notice = endpoint && news.exhausted(endpoint, found, Date.now());
      if (notice) this.#tell(notice);
    };
    this.notices = new Notices(meta, alarm, this);
    this.#takeOverSingle();
  }

  /** Objects that have slept since there was but one slot may still keep a notice in it. */
  #takeOverSingle(): void {
    const single = this.#meta.read<news.SingleNotice>("notice");
    if (!single) return;
    this.#meta.delete("notice");
    if (this.#dispatcher.config) this.notices.add(news.fromSingle(this.#dispatcher.config, single));
  }

  /** Takes over what D1 says; null if it was deleted. */
  take(state: EndpointState | null): void {
    const before = this.#dispatcher.config;
    // D1 may not know yet that this object has disabled the endpoint.
    this.#dispatcher.config = state && this.notices.marking ? { ...state, status: "disabled" } : state;
    if (!state) this.#meta.delete("config");
    else if (state.version !== before?.version) this.#meta.write("config", this.#dispatcher.config);
    if (before && before.status !== "active" && this.#dispatcher.active) this.#resume(before);
  }

  #resume(before: EndpointState): void {
    this.#dispatcher.resume();
    this.judge();
    if (before.status === "disabled") this.#tell(news.enabled(before, Date.now()));
  }

  /**
   * Writes the streak down where it has changed, with what its people must hear of it; and disables. To be called in the
   * step that changed it.
   */
  judge(): void {
    const { failures } = this.#dispatcher.streak;
    const { gone } = this.#dispatcher;
    this.#dispatcher.gone = false;
    const before = this.#noted;
    if (failures !== before) this.#meta.write("failures", failures);
    this.#noted = failures;
    const endpoint = this.#watched();
    if (endpoint?.status !== "active") return;
    const { lastFailure, lastSuccessAt } = this.#dispatcher;
    const now = { at: Date.now(), lastFailure, lastSuccessAt };
    for (const percent of warningsBetween(before, failures)) {
      this.#tell(news.failing(endpoint, percent, failures, now));
    }
    if (!gone && failures < DISABLE_AT) return;
    const reason = gone ? "answered 410 Gone" : `${failures} consecutive failures`;
    this.#keep({ ...endpoint, status: "disabled", disabledReason: reason });
    this.#tell(news.disabled(endpoint, reason, now));
  }

  #watched(): EndpointState | null {
    const { config } = this.#dispatcher;
    return config?.kind === "notification" ? null : config;
  }

  #keep(config: EndpointState): void {
    this.#dispatcher.config = config;
    this.#meta.write("config", config);
  }

  #tell(notice: news.Notice): void {
    this.notices.add(notice);
    this.#host.waitUntil(this.notices.tell());
  }

  async mark({ data, at }: news.Notice): Promise<void> {
    const reason = "reason" in data ? data.reason : "";
    const version = await markDisabled(this.#host.env(), data.webhook_id, reason, at);
    const { config } = this.#dispatcher;
    if (version !== null && config) this.#keep({ ...config, version });
  }

  publish(notice: news.Notice): Promise<void> {
    return news.publishNotice(this.#host.env(), notice);
  }

  mail(notice: news.Notice): Promise<void> {
    return mailNotice(this.#host.env(), notice);
  }
}
