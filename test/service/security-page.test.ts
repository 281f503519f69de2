import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../../src/local/wrangler.ts";

/** The page says which test shows each of its claims. */
const page = readFileSync(join(root, "docs/security.md"), "utf8");
const tests = globSync("{src,test}/**/*.test.ts", { cwd: root });

it("names tests that there are", () => {
  const named = [...new Set([...page.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, name = ""]) => name))];
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !tests.some((path) => path === name || path.endsWith(`/${name}`)))).toEqual([]);
});

it("names a test in every row of the threat model", () => {
  const model = /^## The threat model\n([\s\S]*?)^## /m.exec(page)?.[1] ?? "";
  const rows = model.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| who"));
  expect(rows.length).toBeGreaterThan(25);
  expect(rows.filter((row) => !/test(\/oracles|\.ts|:vectors)/.test(row.split("|")[3] ?? ""))).toEqual([]);
});

it("gives the figures that wrangler.toml has", () => {
  const config = readFileSync(join(root, "wrangler.toml"), "utf8");
  const limit = /name = "WORKSPACE_CHANGES"\nnamespace_id = "\d+"\nsimple = \{ limit = (\d+), period = (\d+) \}/.exec(
    config,
  );
  expect(limit?.slice(1)).toEqual(["1000", "60"]);
  expect(page).toContain("1,000 changes a minute");
  // At some minute of each hour; and what was left over, more often.
  expect(/^crons = \["\d+ (.*)", "(.*)"\]$/m.exec(config)?.slice(1)).toEqual(["* * * *", "*/5 * * * *"]);
  expect(readFileSync(join(root, "src/sweep/sweep.ts"), "utf8")).toContain('OFTEN = "*/5 * * * *"');
  expect(page).toContain("Deleted once an hour, 20,000 of each kind at most");
});
