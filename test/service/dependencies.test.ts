import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../../src/local/wrangler.ts";

/** A package in package-lock.json, as far as it matters here. */
interface Locked {
  version: string;
  license?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  peer?: boolean;
}

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(read("package.json"));
const { packages }: { packages: Record<string, Locked> } = JSON.parse(read("package-lock.json"));

/** What the Worker's own code and its dependencies ask for: by name, as it is locked. */
const runtime = Object.entries(packages).flatMap(([path, locked]) =>
  path === "" || locked.dev || locked.devOptional || locked.optional
    ? []
    : [[path.replace(/^.*node_modules\//, ""), locked] as const],
);

/** The rows of a table in the section, their cells without back quotes. */
function tables(): string[][][] {
  const section = /^## Runtime dependencies\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(read("docs/security.md"))?.[1] ?? "";
  return section
    .split(/\n\n+/)
    .filter((block) => block.startsWith("|"))
    .map((block) =>
      block
        .trim()
        .split("\n")
        .slice(2)
        .map((row) =>
          row
            .split("|")
            .slice(1, -1)
            .map((cell) => cell.trim().replaceAll("`", "")),
        ),
    );
}

const [direct = [], indirect = []] = tables();
const named = (rows: string[][]) => rows.map(([name = ""]) => name);

it("each dependency stands in docs/security.md, and nothing else", () => {
  expect(named(direct)).toEqual(Object.keys(dependencies).toSorted());
});

it("so does whatever those bring along", () => {
  const brought = runtime.map(([name]) => name).filter((name) => !Object.hasOwn(dependencies, name));
  expect(named(indirect)).toEqual([...new Set(brought)].toSorted());
});

it("each has a reason, a maintainer, and the licence that it has", () => {
  const rows = [...direct, ...indirect];
  expect(rows.length).toBeGreaterThan(10);
  for (const [name = "", why, who, licence] of rows) {
    expect(why, name).toMatch(/\w/);
    expect(who, name).toMatch(/\w/);
    expect(licence, name).toBe(packages[`node_modules/${name}`]?.license);
  }
});

it("each is exact, pinned by hash, and runs nothing when it is installed", () => {
  for (const [name, locked] of runtime) {
    expect(dependencies[name] ?? locked.version, name).toBe(locked.version);
    expect(locked.integrity, name).toMatch(/^sha512-/);
    expect(locked.hasInstallScript, name).toBeUndefined();
  }
});
