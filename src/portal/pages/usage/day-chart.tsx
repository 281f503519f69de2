import { count } from "../../parts/figures.tsx";
import type { Usage } from "./quotas.ts";
import { brief, roundAbove } from "./scale.ts";

type Day = Usage["events"]["by_day"][number];

const HEIGHT = 100;
const SLOT = 10;
const BAR = 7;

/**
 * A period's events by day, as bars: drawn on the server. The picture stretches with the page, so what is written stands
 * beside it.
 * @param days those up to today; `length` is how many the period has
 */
export function DayChart({ days, length }: { days: readonly Day[]; length: number }) {
  const edge = roundAbove(Math.max(0, ...days.map(({ events }) => events ?? 0)));
  const width = length * SLOT;
  return (
    <div class="day-chart">
      <div class="scale small quiet" aria-hidden="true">
        <span>{brief(edge)}</span>
        <span>{brief(edge / 2)}</span>
        <span>0</span>
      </div>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary(days)}>
        {[0, HEIGHT / 2, HEIGHT].map((y) => (
          <line class="grid" x1="0" x2={width} y1={y} y2={y} />
        ))}
        {days.map((day, index) => (
          <Bar day={day} x={index * SLOT + (SLOT - BAR) / 2} edge={edge} />
        ))}
      </svg>
      <div class="days small quiet" aria-hidden="true">
        {Array.from({ length }, (_, index) => {
          const number = index + 1;
          const marks = [number % 5 === 0 || number === 1 ? "fifth" : "", number === days.length ? "today" : ""];
          return <span class={marks.join(" ").trim() || undefined}>{number}</span>;
        })}
      </div>
    </div>
  );
}

function Bar({ day: { day, events }, x, edge }: { day: Day; x: number; edge: number }) {
  if (events === null) {
    return (
      <rect class="not-kept" x={x} y={0} width={BAR} height={HEIGHT}>
        <title>{day}: not kept any more</title>
      </rect>
    );
  }
  // What is little is seen all the same.
  const height = events === 0 ? 0 : Math.max(1, (events / edge) * HEIGHT);
  return (
    <>
      <rect class="bar-of-day" x={x} y={HEIGHT - height} width={BAR} height={height} />
      <rect x={x - (SLOT - BAR) / 2} y={0} width={SLOT} height={HEIGHT} fill="transparent">
        <title>{`${day}: ${count(events)} ${events === 1 ? "event" : "events"}`}</title>
      </rect>
    </>
  );
}

/** The picture in a sentence. */
function summary(days: readonly Day[]): string {
  const known = days.filter((day): day is Day & { events: number } => day.events !== null);
  const most = known.toSorted((a, b) => b.events - a.events)[0];
  if (!most || most.events === 0) return "Events by day: none yet";
  return `Events by day: most on ${most.day}, ${count(most.events)}. The table below has each day.`;
}

/** The same in numbers. */
export function DayTable({ days }: { days: readonly Day[] }) {
  return (
    <details class="more">
      <summary>Show as a table</summary>
      <table>
        <caption class="visually-hidden">Events by day</caption>
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            <th scope="col" class="num">
              Events
            </th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map(({ day, events }) => (
            <tr>
              <td>{day}</td>
              <td class="num">{events === null ? <span class="quiet">not kept any more</span> : count(events)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
