import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { MB, ORDINARY_BODY, type Provider } from "../../src/inbound/provider.ts";
import { providers } from "../../src/inbound/providers/index.ts";
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

const all = Object.values(providers);
const named = (some: readonly Provider[]): string[] => some.map(({ name }) => name).sort();

it("every folder of a provider is registered by its name", () => {
  expect(
    globSync("src/inbound/providers/*/provider.ts", { cwd: root })
      .map((path) => basename(dirname(path)))
      .sort(),
  ).toEqual(named(all));
});

it.each(named(all))("%s has a page, with the headings of every provider's", (name) => {
  const headings = linesOf(`docs/inbound/${name}.md`).flatMap((line) => /^## (.+)$/.exec(line)?.[1] ?? []);
  expect(headings).toEqual(HEADINGS);
});

/** The rows of the first table below a line of docs/inbound.md that begins like this; each its cells. */
function tableAfter(start: string): string[][] {
  const lines = linesOf("docs/inbound.md");
  const below = lines.slice(lines.findIndex((line) => line.startsWith(start)) + 1);
  const rows = below.slice(below.findIndex((line) => line.startsWith("|")));
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map((row) => row.slice(1, -1).split("|"));
}

const codesIn = (text = ""): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

describe("of the providers", () => {
  it("each is linked, in the column of what it is for", () => {
    const linked = tableAfter("## The providers").flatMap((row) =>
      row.flatMap((cell, column) =>
        [...cell.matchAll(/\]\(inbound\/([^)]+)\.md\)/g)].map(([, name = ""]) => ({ name, column })),
      ),
    );
    const columns = ["email", "messages", "events"];
    const expected = all.map(({ name, guide }) => ({ name, column: columns.indexOf(guide.group) }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(linked.sort(byName)).toEqual(expected.sort(byName));
  });

  it("those that sign nothing are called that", () => {
    const rows = tableAfter("**How good is the proof?**");
    const unsigned = codesIn(rows.find((row) => row[1]?.includes("nothing is signed:"))?.[0]);
    expect(unsigned.sort()).toEqual(named(all.filter(({ signed, guide }) => !signed && !guide.byMail)));
  });

  it("each that takes larger callbacks says how large, as does its page", () => {
    const rows = tableAfter("| provider | body of a callback").filter(([, size]) => / \d+ MB /.test(size ?? ""));
    const told = rows.flatMap(([names, size]) => codesIn(names).map((name) => `${name}: ${size?.trim()}`));
    const sizeOf = ({ maxBody }: Provider): string => `${maxBody / MB} MB`;
    const sizes = all.map((each) => `${each.name}: ${sizeOf(each)}`);
    expect(told.filter((line) => !sizes.includes(line))).toEqual([]);
    const usual = `: ${ORDINARY_BODY / MB} MB`;
    expect(sizes.filter((line) => !line.endsWith(usual) && !told.includes(line))).toEqual([]);
    for (const each of all.filter(({ guide }) => !guide.byMail)) {
      const limits = linesOf(`docs/inbound/${each.name}.md`).find((line) => line.startsWith("A callback may have"));
      expect(`${each.name}: ${limits}`).toContain(`A callback may have ${sizeOf(each)}: above, the answer is 413.`);
      expect(`${each.name}: ${limits}`).toContain(`it is ${each.later} with`);
    }
  });

  it("each that takes mails in says what it tells of their senders", () => {
    const told = tableAfter("### Who a mail is from").flatMap(([names]) => codesIn(names));
    expect(told.sort()).toEqual(named(all.filter(({ guide }) => guide.tickets)));
  });

  it.each([
    [
      "docs/inbound.md",
      /`message\.received`, `ticket\.message_created`, `source\.verification_failed`, and below (.*?) any type/,
    ],
    ["docs/event-types.md", /What general receivers pass on \((.*?)\)/],
    ["docs/inbound/model.md", /^(.*) \| the provider's own event, as it is/m],
  ])("each that passes events on is named by %s", (page, list) => {
    const text = linesOf(page).join("\n");
    const [, found] = list.exec(page.endsWith("model.md") ? text : text.replaceAll("\n", " ")) ?? [];
    const prefixes = codesIn(found).map((code) => code.replace(/\.[*…]?$/, ""));
    expect(prefixes.sort()).toEqual(named(all.filter(({ passesOn }) => passesOn)));
  });
});
