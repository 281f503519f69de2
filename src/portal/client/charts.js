// @ts-check
// Draws what pages bring as JSON in <script type="application/json"> inside of [data-chart], and renews what is inside of
// [data-charts].
/* global uPlot */

/**
 * As pages/webhook/chart-data.ts makes it.
 * @typedef {{ name: string, tone: string, mark: "bar" | "line" | "dashed", values: (number | null)[] }} Series
 * @typedef {{ unit: "count" | "ms", times: number[], step: number, completeSince: number | null, series: Series[] }} Data
 */

const HEIGHT = 220;
const DAY_S = 86_400;

/** @param {string} name of a token @param {number} share of it, in percent, on paper @returns {string} */
function colour(name, share = 100) {
  const probe = document.createElement("span");
  probe.style.color = `color-mix(in srgb, var(--${name}) ${share}%, var(--paper))`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** @param {number | null | undefined} value @param {string} unit */
function told(value, unit) {
  if (value == null) return unit === "ms" ? "–" : "0";
  if (unit !== "ms") return String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return value < 1000 ? `${Math.round(value)} ms` : `${Number((value / 1000).toFixed(value < 10_000 ? 1 : 0))} s`;
}

// As portal.js has found it.
const inUtc = document.documentElement.dataset.zone === "utc";

/** @param {Intl.DateTimeFormatOptions} options */
const clock = (options) => new Intl.DateTimeFormat(undefined, { ...options, ...(inUtc ? { timeZone: "UTC" } : {}) });
const hours = clock({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const days = clock({ day: "numeric", month: "short" });
const moments = clock({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** When a step was, in the zone of who reads it. @param {number} from in seconds @param {number} step */
function stepName(from, step) {
  const to = new Date((from + step) * 1000);
  const sameDay = days.format(from * 1000) === days.format(to);
  return `${moments.format(from * 1000)} – ${(sameDay ? hours : moments).format(to)}`;
}

/** Bars stand on those before them: each is drawn as tall as all below it, and they are drawn from the tallest on. @param {Series[]} series */
function stacked(series) {
  /** @type {number[]} */
  let below = [];
  const bars = series
    .filter(({ mark }) => mark === "bar")
    .map((each) => {
      below = each.values.map((value, index) => (value ?? 0) + (below[index] ?? 0));
      return { ...each, drawn: below };
    });
  const lines = series.filter(({ mark }) => mark !== "bar").map((each) => ({ ...each, drawn: each.values }));
  return [...bars.reverse(), ...lines];
}

/** @param {Series} series */
function lookOf({ tone, mark }) {
  const stroke = colour(tone, mark === "bar" ? 72 : 100);
  // @ts-expect-error: uPlot is a global of its own script
  if (mark === "bar")
    return { fill: stroke, width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.8, 24] }) };
  const line = { stroke, width: 2, spanGaps: false, points: { show: true, size: 5, fill: stroke } };
  return mark === "dashed" ? { ...line, dash: [5, 4] } : line;
}

/** Shades what may be incomplete. @param {any} plot @param {number | null} until */
function shade(plot, until) {
  if (until === null) return;
  const { left, top, width, height } = plot.bbox;
  const x = Math.min(left + width, plot.valToPos(until, "x", true));
  if (x <= left) return;
  plot.ctx.save();
  plot.ctx.fillStyle = colour("calm-ground");
  plot.ctx.fillRect(left, top, x - left, height);
  plot.ctx.restore();
}

/** What the cursor is at, in words. @param {any} plot @param {Data} data @param {HTMLElement} tip */
function tell(plot, data, tip) {
  const { idx, left } = plot.cursor;
  const from = idx == null || left < 0 ? undefined : data.times[idx];
  tip.hidden = from === undefined;
  if (from === undefined) return;
  const lines = data.series.map(({ name, tone, mark, values }) => {
    const line = document.createElement("li");
    line.className = `${tone} as-${mark}`;
    line.textContent = `${name} ${told(values[idx], data.unit)}`;
    return line;
  });
  const head = document.createElement("strong");
  head.textContent = stepName(from, data.step);
  const list = document.createElement("ul");
  list.className = "legend";
  list.append(...lines);
  tip.replaceChildren(head, list);
  const room = plot.over.clientWidth;
  tip.style.left = `${Math.max(0, Math.min(room - tip.offsetWidth, left < room / 2 ? left + 12 : left - tip.offsetWidth - 12))}px`;
}

/** @param {Data} data @param {number} width @param {HTMLElement} tip */
function optionsFor(data, width, tip) {
  const { times, step, unit } = data;
  const first = times[0] ?? 0;
  const last = (times.at(-1) ?? 0) + step;
  const long = last - first > 3 * DAY_S;
  const axis = {
    stroke: colour("ink-2"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const name = (/** @type {number} */ at) => (long ? days : hours).format(at * 1000);
  return {
    width,
    height: HEIGHT,
    ...(inUtc ? { tzDate: (/** @type {number} */ at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC") } : {}),
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    legend: { show: false },
    padding: [10, 22, 0, 0],
    scales: {
      x: { time: true, range: () => [first, last] },
      y: {
        range: (/** @type {any} */ _, /** @type {any} */ __, /** @type {number | null} */ max) => [
          0,
          Math.max(1, max ?? 0) * 1.1,
        ],
      },
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: 64,
        incrs: long ? [1, 2, 3, 5, 7].map((n) => n * DAY_S) : [1, 2, 3, 4, 6, 12].map((n) => n * 3600),
        values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map(name),
      },
      {
        ...axis,
        size: unit === "ms" ? 60 : 46,
        incrs: [1, 2, 5].flatMap((n) => [0, 1, 2, 3, 4, 5, 6, 7].map((power) => n * 10 ** power)).sort((a, b) => a - b),
        values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((tick) => told(tick, unit)),
      },
    ],
    series: [{}, ...stacked(data.series).map(lookOf)],
    hooks: {
      drawClear: [(/** @type {any} */ plot) => shade(plot, data.completeSince)],
      setCursor: [(/** @type {any} */ plot) => tell(plot, data, tip)],
    },
  };
}

/** What was drawn, to be taken away before it is drawn anew. @type {WeakMap<Element, () => void>} */
const drawn = new WeakMap();

/** @param {HTMLElement} box */
function draw(box) {
  const source = box.querySelector("script[type='application/json']");
  if (!source?.textContent) return;
  drawn.get(box)?.();
  /** @type {Data} */
  const data = JSON.parse(source.textContent);
  const target = document.createElement("div");
  target.setAttribute("role", "img");
  target.setAttribute("aria-label", box.dataset.chart ?? "");
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  // A step is shown in its middle.
  const columns = [data.times.map((at) => at + data.step / 2), ...stacked(data.series).map((each) => each.drawn)];
  box.append(target);
  // @ts-expect-error: as above
  const plot = new uPlot(optionsFor(data, box.clientWidth, tip), columns, target);
  plot.over.append(tip);
  const watcher = new ResizeObserver(() => {
    if (plot.width !== box.clientWidth) plot.setSize({ width: box.clientWidth, height: HEIGHT });
  });
  watcher.observe(box);
  drawn.set(box, () => {
    watcher.disconnect();
    plot.destroy();
    target.remove();
  });
}

function drawAll() {
  for (const box of document.querySelectorAll("[data-chart]")) if (box instanceof HTMLElement) draw(box);
}

/** @param {Element} region */
const dataIn = (region) =>
  [...region.querySelectorAll("[data-chart] script")].map((each) => each.textContent).join("\n");

/** Puts in what is new, unless somebody is reading just there. */
async function renew() {
  const region = document.querySelector("[data-charts]");
  if (!(region instanceof HTMLElement) || document.hidden || region.matches(":hover, :focus-within")) return;
  const answer = await fetch(region.dataset.charts ?? "", { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-charts]");
  if (!fresh || dataIn(fresh) === dataIn(region)) return;
  for (const open of region.querySelectorAll("details[open]"))
    fresh.querySelector(`#${open.id}`)?.setAttribute("open", "");
  region.replaceChildren(...fresh.childNodes);
  drawAll();
}

function renewLater() {
  // Who sees nothing yet waits for the first.
  const wait = document.querySelector("[data-chart]") ? 30_000 : 5000;
  setTimeout(
    () =>
      renew()
        // A request that failed leaves the charts as they are; the next one comes by itself.
        .catch(() => {})
        .finally(renewLater),
    wait,
  );
}

drawAll();
if (document.querySelector("[data-charts]")) renewLater();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
