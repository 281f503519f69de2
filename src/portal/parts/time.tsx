import { usePageContext } from "../page-context.ts";

/** Moments and durations, as people read them. */

const UNITS: readonly [seconds: number, name: Intl.RelativeTimeFormatUnit][] = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });

/** `3min ago`, `in 2h`. The script in the page says the same as time goes on. */
function ago(ms: number, now: number): string {
  const seconds = Math.round((ms - now) / 1000);
  if (Math.abs(seconds) < 5) return "now";
  const [size, unit] = UNITS.find(([size]) => Math.abs(seconds) >= size) ?? [1, "second"];
  return relative.format(Math.trunc(seconds / size), unit);
}

/** The moment to the second, in UTC. */
export const exact = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** A moment: how long ago it was, and which it was on hover. */
export function Ago({ at, none = "never" }: { at: string | number | null; none?: string }) {
  if (at === null) return <span class="quiet">{none}</span>;
  const ms = typeof at === "number" ? at : Date.parse(at);
  return (
    <time class="nowrap" datetime={new Date(ms).toISOString()} title={exact(ms)} data-ago>
      {ago(ms, usePageContext().now)}
    </time>
  );
}

/** A moment to come, counted down by the script in the page. */
export function Countdown({ to }: { to: string }) {
  const { now } = usePageContext();
  const ms = Date.parse(to);
  return (
    <time class="nowrap" datetime={to} title={exact(ms)} data-countdown>
      {ms <= now ? "now" : ago(ms, now)}
    </time>
  );
}

/** In which zone the times of a field are: the script says so where it is the reader's own. */
export const Zone = () => <span data-zone>UTC</span>;

/** A moment as itself, in UTC: the script tells it in the reader's zone, and this on hover. */
export function Exact({ at }: { at: string | number }) {
  const ms = typeof at === "number" ? at : Date.parse(at);
  return (
    <time class="nowrap" datetime={new Date(ms).toISOString()} data-exact>
      {exact(ms)}
    </time>
  );
}

/** `86 ms`, `1.2 s`. */
export function duration(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** `45 s`, `2 min`, `8 h`, `1.5 h`. */
export function span(seconds: number): string {
  for (const [size, sign] of [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
  ] as const) {
    if (seconds >= size) return `${Number((seconds / size).toFixed(1))} ${sign}`;
  }
  return `${seconds} s`;
}
