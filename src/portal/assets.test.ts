import { describe, expect, it } from "vitest";
import charts from "./client/charts.js";
import portal from "./client/portal.js";

/** What a script declares for all scripts of a page. */
const declaredIn = (script: string): string[] =>
  [...script.matchAll(/^(?:async )?(?:const|let|class|function) (\w+)/gm)].map(([, name = ""]) => name);

describe("the scripts of a page", () => {
  it("declare nothing that another declares: they share one scope", () => {
    const [own, others] = [declaredIn(portal), declaredIn(charts)];
    expect(own.length).toBeGreaterThan(10);
    expect(others.filter((name) => own.includes(name))).toEqual([]);
  });
});
