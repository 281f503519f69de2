import type { EndpointState, markDisabled } from "../config/endpoints.ts";
import type { Alarm } from "../lib/alarm.ts";
import type { Meta } from "../lib/sql.ts";
import { dialectOf } from "../systems/index.ts";
import * as alerts from "./alerts/alert.ts";
import { Alerts, type Teller } from "./alerts/alerts.ts";
import { mailAlert } from "./alerts/mail.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { type DisableAfter, isHopeless, NO_TROUBLE, type Trouble, warningsBetween } from "./probing.ts";
import { type Expired, together } from "./retention.ts";

const DAY_MS = 24 * 3600 * 1000;

/** When it was last told that deliveries have expired, in milliseconds since 1970; and those of which it was not. */
type Told = { at: number; untold: Expired | null };

/** The object that an endpoint lives in. */
type Host = {
  env(): Env;
  waitUntil(work: Promise<unknown>): void;
  /** Lets D1 know. */
  markDisabled: typeof markDisabled;
  /** Takes over what D1 says. */
  refresh(): Promise<void>;
};

/**
 * The lifecycle of an endpoint: its configuration, its streak, and what follows from them. It warns, disables, and sees to it
 * that the people who must hear of it do. An endpoint that notifications go to is never disabled, and nothing is told of
 * it: it would be told to itself.
 */
export class EndpointLifecycle implements Teller {
  readonly #meta: Meta;
  readonly #dispatcher: Dispatcher;
  readonly #host: Host;
  readonly alerts: Alerts;
  /** What was written down, and of which everything was told that is to be. */
  #noted: Trouble;
  /** Whether the configuration in memory is not on disk. */
  #unwritten = false;

  constructor(meta: Meta, alarm: Alarm, dispatcher: Dispatcher, host: Host) {
    this.#meta = meta;
    this.#dispatcher = dispatcher;
    this.#host = host;
    // What an older version has written has not all of it.
    this.#noted = { ...NO_TROUBLE, ...meta.read<Partial<Trouble>>("trouble") };
    dispatcher.trouble = this.#noted;
    dispatcher.config = meta.read<EndpointState>("config") ?? null;
    dispatcher.onExhausted = (found) => {
      const endpoint = this.#watched();
      const alert = endpoint && alerts.exhausted(endpoint, found, Date.now());
      if (alert) this.#tell(alert);
    };
    this.alerts = new Alerts(meta, alarm, this);
    this.#takeOverSingle();
  }

  /** Objects that have slept since there was room for one alone may still keep an alert there. */
  #takeOverSingle(): void {
    const single = this.#meta.read<alerts.SingleAlert>("notice");
    if (!single) return;
    this.#meta.delete("notice");
    if (this.#dispatcher.config) this.alerts.add(alerts.fromSingle(this.#dispatcher.config, single));
  }

  /** Takes over what D1 says; null if it was deleted. */
  take(state: EndpointState | null): void {
    const before = this.#dispatcher.config;
    // Whoever changed it since it was disabled here has seen it active: it is theirs to say what becomes of it.
    const isTriedAgain =
      before !== null &&
      this.alerts.marking &&
      state !== null &&
      state.status !== "disabled" &&
      state.version > before.version;
    if (isTriedAgain) this.alerts.retractMarks();
    // D1 may not know yet that this object has disabled the endpoint.
    this.#dispatcher.config = state && this.alerts.marking ? { ...state, status: "disabled" } : state;
    if (!state) this.#meta.delete("config");
    else if (state.version !== before?.version) this.#unwritten = true;
    if (!before || !this.#dispatcher.active) return;
    if (isTriedAgain) {
      this.#dispatcher.resume();
      this.evaluate();
    } else if (before.status !== "active") this.#resume(before);
    else if (state && state.url !== before.url) this.#dispatcher.moved();
    else if (state && state.version > before.version) this.#dispatcher.changed();
  }

  /**
   * Writes the configuration down if that is still to be done. It comes with the next row: on disk it serves what is there
   * to be sent, and without that it can be read from D1.
   */
  write(): void {
    if (!this.#unwritten) return;
    this.#unwritten = false;
    this.#meta.write("config", this.#dispatcher.config);
  }

  #resume(before: EndpointState): void {
    this.#dispatcher.resume();
    this.evaluate();
    if (before.status === "disabled") this.#tell(alerts.enabled(before, Date.now()));
  }

  /**
   * Writes the streak down where it has changed, with what its people must hear of it; and disables. To be called in the
   * step that changed it.
   */
  evaluate(): void {
    const { trouble, gone } = this.#dispatcher;
    this.#dispatcher.gone = false;
    const before = this.#noted;
    this.#noted = trouble;
    // Rounds alone are of this life of the object.
    if (trouble.failures !== before.failures || trouble.orderedTo !== before.orderedTo) {
      this.#meta.write("trouble", trouble);
    }
    const endpoint = this.#watched();
    if (endpoint?.status !== "active") return;
    // Most of the time nothing has changed, and nothing is to be looked up.
    if (!gone && trouble === before) return;
    const { lastFailure, lastSuccessAt } = this.#dispatcher;
    const now = { at: Date.now(), lastFailure, lastSuccessAt };
    const after = disableAfterOf(endpoint);
    if (before.probeAt === null && trouble.probeAt !== null)
      this.#tell(alerts.failing(endpoint, 0, trouble, after, now));
    for (const percent of after === null ? [] : warningsBetween(before.probes, trouble.probes, after.failures)) {
      this.#tell(alerts.failing(endpoint, percent, trouble, after, now));
    }
    const hopeless = isHopeless(trouble, after, lastSuccessAt, now.at);
    if (!gone && !hopeless) return;
    const reason = gone ? "answered 410 Gone" : `${trouble.probes} consecutive failed probes`;
    this.#keep({ ...endpoint, status: "disabled", disabledReason: reason });
    this.#tell(alerts.disabled(endpoint, reason, now));
  }

  /** Adds to what has expired, and tells of it, once a day at most. To be called in the step in which it happened. */
  expired(more: Expired | null, now: number): void {
    const before = this.#meta.read<Told>("expired");
    const untold = more ? together(before?.untold ?? null, more) : before?.untold;
    if (!untold) return;
    const endpoint = this.#watched();
    if (!endpoint || (before && now - before.at < DAY_MS)) {
      if (more) this.#meta.write("expired", { at: before?.at ?? 0, untold });
      return;
    }
    this.#meta.write("expired", { at: now, untold: null });
    this.#tell(alerts.expired(endpoint, untold, now));
  }

  #watched(): EndpointState | null {
    const { config } = this.#dispatcher;
    return config?.kind === "notification" ? null : config;
  }

  #keep(config: EndpointState): void {
    this.#dispatcher.config = config;
    this.#unwritten = false;
    this.#meta.write("config", config);
  }

  #tell(alert: alerts.Alert): void {
    this.alerts.add(alert);
    this.#host.waitUntil(this.alerts.tell());
  }

  async mark({ data, at }: alerts.Alert): Promise<void> {
    const reason = "reason" in data ? data.reason : "";
    const { config } = this.#dispatcher;
    if (!config) return;
    const version = await this.#host.markDisabled(this.#host.env(), config, reason, at);
    if (version !== null && this.#dispatcher.config === config) this.#keep({ ...config, version });
    // It was done before, and nobody heard; or the endpoint has been changed since.
    else await this.#host.refresh();
  }

  publish(alert: alerts.Alert): Promise<void> {
    return alerts.publishAlert(this.#host.env(), alert);
  }

  mail(alert: alerts.Alert): Promise<void> {
    return mailAlert(this.#host.env(), alert);
  }
}

/** What the webhook was given, or else what its dialect has. */
function disableAfterOf({ disableAfter, dialect }: EndpointState): DisableAfter {
  return disableAfter === undefined ? dialectOf(dialect).disableAfter : disableAfter;
}
