import type * as z from "zod";
import type { FieldError } from "../../../api/problem.ts";
import type { WebhookView } from "../../../api/webhooks/representation.ts";
import { covers } from "../../../lib/pattern.ts";
import { defaultDialect, dialectOf, dialects } from "../../../systems/index.ts";
import { formChoices, formField, formFields } from "../../page-context.ts";
import { delaysOf, listOf, secondsOf, written, writtenDelays } from "./delays.ts";

export type Webhook = z.infer<typeof WebhookView>;
type Header = { name: string; value: string };

/** What the form holds, as it was typed: it is shown again as it came. A secret is not among it. */
export type FormValues = {
  url: string;
  name: string;
  description: string;
  /** Whether all events are wanted; otherwise those chosen, and those typed. */
  all: boolean;
  chosen: string[];
  custom: string;
  dialect: string;
  signing: "generated" | "own" | "none";
  /** Headers that are there may be masked: they stay, or all are given anew. */
  keepHeaders: boolean;
  headers: Header[];
  retries: string;
  timeout: string;
  /** Whether 410 Gone disables it: as the dialect has it where it is empty. */
  gone: "" | "disable" | "retry";
  /** Requests at once. */
  concurrency: string;
  /** When failures disable it: as the dialect has it where it is empty; never; or after `probes` and `silence`. */
  disabling: "" | "never" | "own";
  probes: string;
  silence: string;
  verifyToken: string;
  channels: string;
};

export const BLANK: FormValues = {
  ...{ url: "", name: "", description: "", all: false, chosen: [], custom: "" },
  ...{ dialect: defaultDialect.name, signing: "generated", keepHeaders: false, headers: [] },
  ...{ retries: "", timeout: "", gone: "", verifyToken: "", channels: "" },
  ...{ concurrency: "", disabling: "", probes: "", silence: "" },
};

/** The fields that are kept as the text that they are. */
const TEXTS = [
  ...(["url", "name", "description", "custom", "retries", "timeout", "concurrency", "probes"] as const),
  ...(["silence", "channels"] as const),
];

export function typedIn(form: FormData): FormValues {
  const text = (name: string) => formField({ form }, name);
  const values = formChoices({ form }, "header_value");
  const headers = formChoices({ form }, "header_name").map((name, at) => {
    return { name: name.trim(), value: (values[at] ?? "").trim() };
  });
  return {
    ...formFields({ form }, TEXTS),
    all: text("which") === "all",
    chosen: formChoices({ form }, "event"),
    dialect: oneOf([...dialects.keys()], text("dialect")) ?? defaultDialect.name,
    signing: oneOf(["own", "none"], text("secret_kind")) ?? "generated",
    keepHeaders: text("header_mode") === "keep",
    headers: headers.filter(({ name, value }) => name !== "" || value !== ""),
    gone: oneOf(["disable", "retry"], text("gone")) ?? "",
    disabling: oneOf(["never", "own"], text("disabling")) ?? "",
    verifyToken: text("verify_token"),
  };
}

/** What was chosen, if it is among what can be. */
const oneOf = <Value extends string>(values: readonly Value[], text: string): Value | undefined =>
  values.find((value) => value === text);

/** @param names of the types and groups that the form has checkboxes for: other patterns stand in the text field */
export function typedOf(webhook: Webhook, names: ReadonlySet<string>): FormValues {
  const { retryDelays, timeoutMs, disablesOnGone, disableAfter } = dialectOf(webhook.dialect);
  const gone = webhook.disable_on_gone ? "disable" : "retry";
  const ownDelays = webhook.retry_policy.join() !== retryDelays.join();
  const patterns = webhook.events.filter((pattern) => pattern !== "*");
  return {
    ...BLANK,
    url: webhook.url,
    name: webhook.name ?? "",
    description: webhook.description ?? "",
    all: webhook.events.includes("*"),
    chosen: patterns.filter((pattern) => names.has(pattern)),
    custom: patterns.filter((pattern) => !names.has(pattern)).join(", "),
    dialect: webhook.dialect,
    keepHeaders: Object.keys(webhook.headers).length > 0,
    retries: ownDelays ? writtenDelays(webhook.retry_policy) : "",
    timeout: webhook.timeout_ms === timeoutMs ? "" : written(webhook.timeout_ms / 1000),
    gone: webhook.disable_on_gone === disablesOnGone ? "" : gone,
    concurrency: webhook.max_concurrency === null ? "" : String(webhook.max_concurrency),
    ...typedDisabling(webhook.disable_after, disableAfter),
    channels: webhook.channels.join(", "),
  };
}

type DisableAfter = Webhook["disable_after"];

function typedDisabling(
  after: DisableAfter,
  ofDialect: DisableAfter,
): Pick<FormValues, "disabling" | "probes" | "silence"> {
  if (after === null) return { disabling: "never", probes: "", silence: "" };
  if (same(after, ofDialect)) return { disabling: "", probes: "", silence: "" };
  return { disabling: "own", probes: String(after.failures), silence: written(after.seconds) };
}

/** What is subscribed to. A pattern that another covers is left out: it would add nothing. */
export function patternsOf({ all, chosen, custom }: Pick<FormValues, "all" | "chosen" | "custom">): string[] {
  if (all) return ["*"];
  const patterns = [...new Set([...chosen, ...listOf(custom).flatMap((each) => each.split(/\s+/))])];
  return patterns.filter((pattern) => !patterns.some((other) => other !== pattern && covers(other, pattern)));
}

/** What the API is asked for; undefined for what was typed and cannot be read, which `faultsIn` tells of. */
export function fieldsOf(typed: FormValues) {
  const seconds = typed.timeout === "" ? null : secondsOf(typed.timeout);
  return {
    url: typed.url,
    name: typed.name === "" ? null : typed.name,
    description: typed.description === "" ? null : typed.description,
    events: patternsOf(typed),
    headers: Object.fromEntries(typed.headers.map(({ name, value }) => [name, value])),
    retry_policy: typed.retries === "" ? null : delaysOf(typed.retries),
    timeout_ms: seconds == null ? seconds : Math.round(seconds * 1000),
    disable_on_gone: typed.gone === "" ? null : typed.gone === "disable",
    max_concurrency: typed.concurrency === "" ? null : wholeOf(typed.concurrency),
    disable_after: disableAfterOf(typed),
    channels: listOf(typed.channels),
  };
}

const wholeOf = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

function disableAfterOf({ disabling, probes, silence }: FormValues): DisableAfter | "default" | undefined {
  if (disabling !== "own") return disabling === "never" ? null : "default";
  const failures = wholeOf(probes);
  const seconds = silence === "" ? 0 : secondsOf(silence);
  return failures === undefined || seconds === undefined ? undefined : { failures, seconds };
}

/** What the API would say in a client's words, or could not even be asked. */
export function faultsIn(typed: FormValues): FieldError[] {
  const { retry_policy, timeout_ms, max_concurrency } = fieldsOf(typed);
  const faults: FieldError[] = [];
  const fault = (path: string, message: string) => faults.push({ path, message });
  if (typed.url === "") fault("url", "Give the URL that events are to be sent to.");
  if (patternsOf(typed).length === 0) fault("events", "Choose at least one event, or all of them.");
  if (retry_policy === undefined) fault("retry_policy", 'Write times with commas between, such as "30 s, 2 min, 1 h".');
  if (retry_policy?.some((delay) => delay < 1 || delay > 86_400 || !Number.isInteger(delay))) {
    fault("retry_policy", "Each delay is a whole number of seconds, from 1 s to 24 h.");
  }
  if (timeout_ms === undefined || (timeout_ms !== null && (timeout_ms < 1000 || timeout_ms > 30_000))) {
    fault("timeout_ms", "A timeout is a time from 1 s to 30 s.");
  }
  if (max_concurrency !== null && !isUpToThousand(max_concurrency)) fault("max_concurrency", UP_TO_THOUSAND);
  faults.push(...faultsInDisabling(typed));
  const names = typed.headers.map(({ name }) => name);
  if (!typed.keepHeaders) {
    if (names.includes("")) fault("headers.", "This value has no header name.");
    for (const { name, value } of typed.headers) {
      if (name !== "" && value === "") fault(`headers.${name}`, "Give a value, or clear the name.");
    }
    const twice = names.find((name, at) => name !== "" && names.indexOf(name) !== at);
    if (twice !== undefined) fault(`headers.${twice}`, "This name appears twice: leave one out.");
  }
  return faults;
}

const UP_TO_THOUSAND = "Write a whole number from 1 to 1000.";
const isUpToThousand = (number: number | undefined) => number !== undefined && number >= 1 && number <= 1000;

function faultsInDisabling({ disabling, probes, silence }: FormValues): FieldError[] {
  if (disabling !== "own") return [];
  const faults: FieldError[] = [];
  const failures = wholeOf(probes);
  if (!isUpToThousand(failures)) faults.push({ path: "disable_after.failures", message: UP_TO_THOUSAND });
  const seconds = silence === "" ? 0 : secondsOf(silence);
  if (seconds === undefined || !Number.isInteger(seconds) || seconds > 31_536_000) {
    faults.push({
      path: "disable_after.seconds",
      message: "Write a time in whole seconds, at most 365 d, such as 5 d.",
    });
  }
  return faults;
}

/** Of the fields of a webhook those that are others now: what is set anew is checked anew. */
export function changesOf(typed: FormValues, webhook: Webhook): Record<string, unknown> {
  const { headers, ...fields } = fieldsOf(typed);
  const shown = fieldsOf(typedOf(webhook, new Set()));
  const changed = Object.entries(fields).filter(
    ([name, value]) => !same(value, shown[name as keyof typeof shown] ?? null),
  );
  return {
    ...Object.fromEntries(changed),
    ...(typed.keepHeaders || same(headers, webhook.headers) ? {} : { headers }),
    ...(typed.verifyToken === "" ? {} : { verify_token: typed.verifyToken }),
  };
}

/** The order of a list of patterns or channels says nothing; that of delays does. */
function same(a: unknown, b: unknown): boolean {
  const tidy = (value: unknown) =>
    Array.isArray(value) && value.every((each) => typeof each === "string") ? value.toSorted() : value;
  return JSON.stringify(tidy(a)) === JSON.stringify(tidy(b));
}
