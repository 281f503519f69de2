import htmx from "htmx.org/dist/htmx.min.js";
import uplot from "uplot/dist/uPlot.iife.min.js";
import uplotStyles from "uplot/dist/uPlot.min.css";
import { StaticText } from "../api/static-text.ts";
import charts from "./client/charts.js";
import portal from "./client/portal.js";
import { styles } from "./styles/index.ts";

/** What the pages load. All of it lies in the Worker itself: a page asks no other host for anything. */
const files = {
  "portal.css": { text: styles, type: "text/css; charset=utf-8" },
  "portal.js": { text: portal, type: "text/javascript; charset=utf-8" },
  "htmx.js": { text: htmx, type: "text/javascript; charset=utf-8" },
  "uplot.css": { text: uplotStyles, type: "text/css; charset=utf-8" },
  "uplot.js": { text: uplot, type: "text/javascript; charset=utf-8" },
  "charts.js": { text: charts, type: "text/javascript; charset=utf-8" },
} as const;

const YEAR_S = 365 * 24 * 3600;

const prepared = new Map(
  Object.entries(files).map(([name, { text, type }]) => {
    const headers = { "Content-Type": type, "Cache-Control": `public, max-age=${YEAR_S}, immutable` };
    return [name, new StaticText(headers, () => text)] as const;
  }),
);

export type AssetName = keyof typeof files;

/** 32 bits of FNV-1a: names a version of a file, and protects nothing. */
function versionOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}

const versions = new Map<string, string>();

/** Where a file is. Another content has another address, so that browsers may keep what they have for good. */
export function assetUrl(name: AssetName): string {
  const version = versions.get(name) ?? versionOf(files[name].text);
  versions.set(name, version);
  return `/portal/assets/${version}/${name}`;
}

/** A file by its name; undefined if there is none of that name. */
export const asset = (name: string): StaticText | undefined => prepared.get(name);
