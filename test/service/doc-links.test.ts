import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { root } from "../../src/local/wrangler.ts";

/** What the documentation refers to is there. */

const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: root })].sort();

const linesOf = (path: string): string[] => {
  let fenced = false;
  return readFileSync(join(root, path), "utf8")
    .split("\n")
    .filter((line) => {
      const fence = /^\s*(```|~~~)/.test(line);
      if (fence) fenced = !fenced;
      return !fence && !fenced;
    });
};

/** As GitHub makes it of a heading: in lower case, with hyphens for blanks and without punctuation. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-");

const anchors = new Map<string, ReadonlySet<string>>();
/** Of a second heading of a name `-1` is appended, of a third `-2`. */
function anchorsOf(path: string): ReadonlySet<string> {
  const known = anchors.get(path);
  if (known) return known;
  const found = new Set<string>();
  const times = new Map<string, number>();
  for (const line of linesOf(path)) {
    const heading = /^#{1,6} (.+?)(?: #+)?$/.exec(line)?.[1];
    if (heading !== undefined) {
      const anchor = anchorOf(heading);
      const before = times.get(anchor) ?? 0;
      times.set(anchor, before + 1);
      found.add(before === 0 ? anchor : `${anchor}-${before}`);
    }
    for (const [, id = ""] of line.matchAll(/<a (?:id|name)="([^"]+)">/g)) found.add(id);
  }
  anchors.set(path, found);
  return found;
}

/** Relative links, without those in code. */
function linksOf(path: string): string[] {
  const text = linesOf(path)
    .join("\n")
    .replaceAll(/`[^`\n]*`/g, "");
  const all = [
    ...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
    ...text.matchAll(/\b(?:src|href)="([^"]+)"/g),
  ];
  return all.map(([, target = ""]) => target).filter((target) => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target));
}

it("there are pages with links", () => {
  expect(pages.length).toBeGreaterThan(30);
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(200);
});

it.each(pages)("each relative link of %s leads to a file, and its anchor to a heading", (page) => {
  const broken = linksOf(page).filter((target) => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : relative(root, join(root, dirname(page), decodeURIComponent(path)));
    if (!existsSync(join(root, file))) return true;
    if (anchor === undefined) return false;
    return !statSync(join(root, file)).isFile() || (file.endsWith(".md") && !anchorsOf(file).has(anchor));
  });
  expect(broken).toEqual([]);
});

const HEADINGS = [
  "What it is for",
  "Set up",
  "What is signed",
  "What becomes what",
  "Fields",
  "Same callback",
  "Retries",
  "Limits",
  "Try it",
];

/** Each has a folder of its name. */
const providers = globSync("src/inbound/providers/*/provider.ts", { cwd: root }).map((path) => basename(dirname(path)));

it("there are providers", () => {
  expect(providers).toHaveLength(23);
});

it.each(providers)("%s has a page, with the headings of every provider's", (name) => {
  const headings = linesOf(`docs/inbound/${name}.md`).flatMap((line) => /^## (.+)$/.exec(line)?.[1] ?? []);
  expect(headings).toEqual(HEADINGS);
  expect(linksOf("docs/inbound.md")).toContain(`inbound/${name}.md`);
});
