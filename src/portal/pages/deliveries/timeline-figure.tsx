import { duration, exact, span } from "../../parts/time.tsx";
import { type Delivery, nextOf } from "./meaning.tsx";
import { layOut, type Moment, momentsOf, type Stop, type Wait } from "./timeline.ts";

const LINE = 34;
const HEIGHT = 76;

/** Beyond this many stops the figure is wider than most screens, and scrolls in its box. */
const MANY = 12;

const SAID: Record<Moment["kind"], string> = {
  published: "Published",
  succeeded: "Succeeded",
  failed: "Failed",
  next: "Next attempt",
};

/** A waiting time in a word. */
const waited = (seconds: number): string => (seconds < 1 ? duration(seconds * 1000) : span(Math.round(seconds)));

/** A delivery's attempts along a line, with the times between them. */
export function TimelineFigure({ delivery, now }: { delivery: Delivery; now: number }) {
  const { stops, waits, scale } = layOut(momentsOf(delivery), now);
  const said = { ...SAID, next: nextOf(delivery) };
  const label = stops.map(({ kind, text, at }) => `${said[kind]}${kind === "failed" ? ` (${text})` : ""} ${exact(at)}`);
  return (
    <>
      <section class="scroll" tabindex={0} aria-label="Attempts along time">
        <svg
          class={stops.length > MANY ? "timeline long" : "timeline"}
          width="100%"
          height={HEIGHT}
          role="img"
          aria-label={`Timeline: ${label.join("; ")}`}
        >
          {waits.map((wait) => (
            <WaitLine wait={wait} />
          ))}
          {stops.map((stop) => (
            <StopSign stop={stop} said={said[stop.kind]} />
          ))}
        </svg>
      </section>
      {waits.length > 0 && (
        <p class="small quiet">
          {scale === "linear"
            ? "Waiting times are drawn to scale."
            : "Waiting times are drawn on a logarithmic scale: twice as long is one step wider."}
        </p>
      )}
    </>
  );
}

function WaitLine({ wait }: { wait: Wait }) {
  const { from, to, seconds, passed, labelled } = wait;
  const here = from + (to - from) * passed;
  return (
    <g>
      {passed > 0 && <line class="past" x1={`${from}%`} y1={LINE} x2={`${here}%`} y2={LINE} />}
      {passed < 1 && <line class="coming" x1={`${here}%`} y1={LINE} x2={`${to}%`} y2={LINE} />}
      {labelled && (
        <text class="wait" x={`${(from + to) / 2}%`} y={LINE - 14} text-anchor="middle">
          {waited(seconds)}
        </text>
      )}
    </g>
  );
}

function StopSign({ stop, said }: { stop: Stop; said: string }) {
  const x = `${stop.x}%`;
  return (
    <g class={stop.kind}>
      <title>{`${said}: ${stop.text}, ${exact(stop.at)}`}</title>
      <circle cx={x} cy={LINE} r={stop.kind === "published" ? 4 : 7} />
      {stop.kind === "failed" && <Cross x={x} />}
      {stop.kind === "succeeded" && <Tick x={x} />}
      <text x={x} y={LINE + 26} text-anchor="middle">
        {stop.text}
      </text>
    </g>
  );
}

/** Signs inside the circles, as colour alone tells nothing to many. The inner svg moves them to a place in percent. */
const Cross = ({ x }: { x: string }) => (
  <svg x={x} y={LINE} overflow="visible" aria-hidden="true">
    <path class="sign" d="M-2.500 -2.500L2.500 2.500M2.500 -2.500L-2.500 2.500" />
  </svg>
);
const Tick = ({ x }: { x: string }) => (
  <svg x={x} y={LINE} overflow="visible" aria-hidden="true">
    <path class="sign" d="M-3 0L-1 2.200L3 -2.200" />
  </svg>
);
