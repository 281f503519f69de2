import type { AttemptError } from "../../../delivery/contract.ts";

/** What happens along a delivery's way, in milliseconds since 1970. */
export type Moment = {
  at: number;
  kind: "published" | "succeeded" | "failed" | "next";
  /** Below its sign: `500`, `timeout`. */
  text: string;
};

/** Where a moment stands, in percent of the width. */
export type Stop = Moment & { x: number };

/** A waiting time between two stops; `passed` is how much of it is over, from 0 to 1. */
export type Wait = { from: number; to: number; seconds: number; passed: number; labelled: boolean };

export type Timeline = { stops: Stop[]; waits: Wait[]; scale: "linear" | "logarithmic" };

type Tried = { at: string; status: number | null; error: AttemptError | null };

/** A wait before the first attempt that is shorter is none. */
const AT_ONCE_MS = 5000;

/** A delivery's moments, the first one first. */
export function momentsOf(delivery: {
  created_at: string;
  next_attempt_at: string | null;
  waiting_for_endpoint?: boolean;
  attempts: readonly Tried[];
}): Moment[] {
  const created = Date.parse(delivery.created_at);
  const tried = delivery.attempts.map(({ at, status, error }): Moment => {
    const text = status === null ? (error ?? "unknown").replaceAll("_", " ") : String(status);
    return { at: Date.parse(at), kind: error === null ? "succeeded" : "failed", text };
  });
  const next = delivery.next_attempt_at === null ? [] : [Date.parse(delivery.next_attempt_at)];
  const first = tried[0]?.at ?? next[0];
  const atOnce = first !== undefined && first - created < AT_ONCE_MS;
  return [
    ...(atOnce ? [] : [{ at: created, kind: "published" as const, text: "published" }]),
    ...tried,
    ...next.map((at) => ({ at, kind: "next" as const, text: delivery.waiting_for_endpoint ? "probe" : "next" })),
  ];
}

/** No wait is drawn narrower than this share while there is a way to avoid it: what is written at its ends needs room. */
const NARROWEST = 0.06;
/** The first and the last stop stand this far from the edges, in percent. */
const EDGE = 5;

/**
 * Places moments along a line. Waits are to scale; where the shortest would vanish beside the longest, on a logarithmic one.
 */
export function layOut(moments: readonly Moment[], now: number): Timeline {
  const gaps = moments.slice(1).map((moment, index) => Math.max(0, (moment.at - (moments[index]?.at ?? 0)) / 1000));
  const sum = gaps.reduce((total, gap) => total + gap, 0);
  const linear = sum > 0 && gaps.every((gap) => gap / sum >= NARROWEST);
  const widths = linear ? gaps : gaps.map((gap) => 1 + Math.log2(1 + gap));
  const width = widths.reduce((total, each) => total + each, 0);
  const room = 100 - 2 * EDGE;
  const places = [EDGE];
  for (const each of widths) places.push((places.at(-1) ?? EDGE) + (each / width) * room);
  const stops = moments.map((moment, index) => ({ ...moment, x: rounded(places[index] ?? EDGE) }));
  const waits = gaps.map((seconds, index) => {
    const [from, to, since] = [stops[index]?.x ?? EDGE, stops[index + 1]?.x ?? EDGE, moments[index]?.at ?? 0];
    const passed = seconds === 0 ? 1 : Math.min(1, Math.max(0, (now - since) / 1000 / seconds));
    return { from, to, seconds, passed, labelled: to - from >= NARROWEST * 100 };
  });
  return { stops, waits, scale: linear ? "linear" : "logarithmic" };
}

const rounded = (percent: number): number => Math.round(percent * 100) / 100;
