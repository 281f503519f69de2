// @ts-check
// What pages do beyond what a browser does by itself. Without it everything works but copying, counting down, and what
// renews itself.

/** @param {number} seconds */
function relative(seconds) {
  const size = Math.abs(seconds);
  if (size < 5) return "now";
  const [unit, per] =
    size >= 86400 ? ["day", 86400] : size >= 3600 ? ["hour", 3600] : size >= 60 ? ["minute", 60] : ["second", 1];
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
  return format.format(Math.trunc(seconds / Number(per)), /** @type {Intl.RelativeTimeFormatUnit} */ (unit));
}

/** @param {Element} time */
const secondsTo = (time) => Math.round((Date.parse(time.getAttribute("datetime") ?? "") - Date.now()) / 1000);

/** @param {Element} time @param {string} text */
function say(time, text) {
  if (time.textContent !== text) time.textContent = text;
}

function countdown() {
  for (const time of document.querySelectorAll("time[data-countdown]")) {
    const left = secondsTo(time);
    const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const clock = parts
      .map((part) => String(part).padStart(2, "0"))
      .join(":")
      .replace(/^00:/, "");
    say(time, left <= 0 ? "now" : `in ${clock}`);
  }
}

// Times are told in the zone of who reads them, or in UTC if that is what he wants. Forms take UTC: what was typed is put
// back into it when a form is sent.
const ZONE = "posthorn-zone";
function wantsUtc() {
  try {
    return localStorage.getItem(ZONE) === "utc";
  } catch {
    // A frame of another site may keep nothing.
    return false;
  }
}
const utc = wantsUtc();
if (utc) document.documentElement.dataset.zone = "utc";
const zoneName = new Intl.DateTimeFormat("en", { timeZoneName: "short" });

/** As it stands on a clock of here, to the second. @param {Date} date */
const here = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);

function exacts() {
  for (const time of document.querySelectorAll("time[data-exact]")) {
    const date = new Date(time.getAttribute("datetime") ?? "");
    const inUtc = `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    const zone = zoneName.formatToParts(date).find(({ type }) => type === "timeZoneName")?.value ?? "";
    time.setAttribute("title", inUtc);
    say(time, utc ? inUtc : `${here(date).replace("T", " ")} ${zone}`);
  }
}

/** @param {ParentNode} within @returns {HTMLInputElement[]} */
const momentsIn = (within) => [...within.querySelectorAll('input[type="datetime-local"], input[type="date"]')];
/**
 * What a field came with, and what it shows of that: unchanged, it goes back as it came, for a local time may stand for two
 * moments, and shows no seconds.
 * @type {Map<HTMLInputElement, { shown: string, sent: string }>}
 */
const came = new Map();
if (!utc) {
  for (const input of momentsIn(document)) {
    const moment =
      input.dataset.moment ?? (input.type === "date" || input.value === "" ? undefined : `${input.value}Z`);
    const date = new Date(moment ?? "");
    if (Number.isNaN(date.getTime())) continue;
    const shown = here(date).slice(0, input.type === "date" ? 10 : 16);
    came.set(input, { shown, sent: input.dataset.moment ?? input.value });
    // The attribute is what the field's steps count from.
    input.defaultValue = shown;
    input.value = shown;
  }
  for (const zone of document.querySelectorAll("[data-zone]")) zone.textContent = "your time";
  document.addEventListener("formdata", (event) => {
    if (!(event.target instanceof HTMLFormElement)) return;
    for (const input of momentsIn(event.target)) {
      const { name, value, type } = input;
      if (value === "" || !event.formData.has(name)) continue;
      const before = came.get(input);
      if (before?.shown === value) {
        event.formData.set(name, before.sent);
        continue;
      }
      const edge = name === "to" ? "T23:59:59.999" : "T00:00";
      const date = new Date(type === "date" ? value + edge : value);
      // What is no moment the server has words for.
      if (Number.isNaN(date.getTime())) continue;
      const moment = date.toISOString();
      event.formData.set(name, type === "date" ? moment : moment.slice(0, 16));
    }
  });
}
for (const button of document.querySelectorAll("[data-zone-switch]")) {
  button.removeAttribute("hidden");
  button.setAttribute("aria-pressed", String(utc));
  button.addEventListener("click", () => {
    try {
      if (utc) localStorage.removeItem(ZONE);
      else localStorage.setItem(ZONE, "utc");
    } catch {
      return;
    }
    location.reload();
  });
}

function agos() {
  for (const time of document.querySelectorAll("time[data-ago]")) say(time, relative(secondsTo(time)));
}

setInterval(countdown, 1000);
setInterval(agos, 10_000);
countdown();
exacts();

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const text = button?.dataset.copy;
  if (!button || text === undefined) return;
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select and copy by hand";
  }
  setTimeout(() => {
    button.textContent = before;
  }, 1600);
});

// A menu closes when one looks elsewhere, or by Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  }
});

// A page that nobody looks at asks for nothing, and one in which somebody is choosing does not move.
document.addEventListener("htmx:before:request", (event) => {
  const source = event.target instanceof Element ? event.target : null;
  if (source?.matches("[data-live]") && document.hidden) event.preventDefault();
});

// A failure to renew leaves what is there.
document.addEventListener("htmx:before:swap", (event) => {
  const source = event.target instanceof Element ? event.target : null;
  const { ctx } = /** @type {CustomEvent<{ ctx: { response?: { status: number } } }>} */ (event).detail;
  if (source?.matches("[data-live]") && (ctx.response?.status ?? 0) >= 400) event.preventDefault();
  else holdRow();
});

// Who reads further down in a list keeps his place when rows come in above.
/** @type {{ row: Element, top: number } | null} */
let held = null;
/** @param {Element} row */
const topOf = (row) => row.getBoundingClientRect().top;
function holdRow() {
  const rows = [...document.querySelectorAll("tr[data-row]")];
  const row = rows[0] && topOf(rows[0]) < 0 ? rows.find((each) => topOf(each) >= 0) : undefined;
  held = row ? { row, top: topOf(row) } : null;
}
function keepPlace() {
  if (held?.row.isConnected) scrollBy({ top: topOf(held.row) - held.top, behavior: "instant" });
  held = null;
}

/** @type {Set<string>} */
const seen = new Set();
function markNew() {
  const rows = document.querySelectorAll("tr[data-row]");
  const first = seen.size === 0;
  for (const row of rows) {
    const id = row.getAttribute("data-row") ?? "";
    if (!first && !seen.has(id)) row.classList.add("new");
    seen.add(id);
  }
}
markNew();
document.addEventListener("htmx:after:swap", () => {
  keepPlace();
  markNew();
  for (const form of document.forms) countChosen(form);
  agos();
  countdown();
  exacts();
});

// All of a list at once.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement)) return;
  const form = box.closest("form");
  if (box.matches("[data-all]")) {
    for (const each of form?.querySelectorAll("input[data-each]") ?? []) {
      if (each instanceof HTMLInputElement) each.checked = box.checked;
    }
  }
  if (form) countChosen(form);
});

/** @param {HTMLFormElement} form */
function countChosen(form) {
  const chosen = String(form.querySelectorAll("input[data-each]:checked").length);
  for (const output of form.querySelectorAll("[data-chosen]")) say(output, chosen);
}

// A filter of a list that is on the page already.
document.addEventListener("input", (event) => {
  const search = event.target;
  if (!(search instanceof HTMLInputElement) || search.dataset.filters === undefined) return;
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of document.querySelectorAll(search.dataset.filters)) {
    const text = (item.textContent ?? "").toLowerCase();
    if (item instanceof HTMLElement) item.hidden = !words.every((word) => text.includes(word));
  }
});

document.addEventListener("keydown", (event) => {
  const search = event.target;
  // It is no part of the form around it.
  if (event.key === "Enter" && search instanceof HTMLInputElement && search.dataset.filters) event.preventDefault();
});

// One more row like the last one.
for (const button of document.querySelectorAll("button[data-add]")) button.removeAttribute("hidden");
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-add]") : null;
  const rows = button && document.querySelector(button.getAttribute("data-add") ?? "");
  const row = rows?.lastElementChild?.cloneNode(true);
  if (!rows || !(row instanceof Element)) return;
  for (const input of row.querySelectorAll("input")) {
    input.value = "";
    const number = String(rows.childElementCount + 1);
    input.setAttribute("aria-label", (input.getAttribute("aria-label") ?? "").replace(/\d+$/, number));
  }
  rows.append(row);
  row.querySelector("input")?.focus();
});

// What was shown once is not asked for again by a reload.
const once = document.querySelector("[data-replace-url]")?.getAttribute("data-replace-url");
if (once) history.replaceState(null, "", once);
