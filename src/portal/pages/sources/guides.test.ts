import { describe, expect, it } from "vitest";
import { checkByProvider, requireProvider } from "../../../api/sources/provider.ts";
import { TICKET_FIELDS } from "../../../inbound/guide.ts";
import { guides, providerOf } from "../../../inbound/providers/index.ts";
import { settingsFor } from "./settings.ts";
import { placeholders } from "./typed.ts";

describe.each(guides)("the guide of $provider", (guide) => {
  const variants = guide.variants ?? [undefined];
  const settings = variants.flatMap((variant) => settingsFor(guide, variant));

  it("describes what its provider takes, and nothing else", () => {
    const described = new Set([...Object.keys(guide.fields), ...(guide.tickets ? Object.keys(TICKET_FIELDS) : [])]);
    expect(described).toEqual(new Set(settings.map(({ name }) => name)));
  });

  it("stands among the events of others if its provider passes events on", () => {
    expect(guide.group === "events").toBe(providerOf(guide.provider)?.passesOn);
  });

  it("says what its choices mean, if it says so of any", () => {
    for (const { name, choices } of settings) {
      const described = Object.keys(guide.fields[name]?.choices ?? {});
      if (described.length > 0) expect(described.toSorted()).toEqual(choices.toSorted());
    }
  });

  it("tells where the URL goes, and fills in nothing that is not there", () => {
    const own = settings.filter(({ place }) => place === "credentials").map(({ key }) => key);
    // Of a template, `{ticket}` and `{body}` are no names of ours: only steps are filled in.
    const named = [...guide.steps.join("\n").matchAll(/(?<!: )\{(\w+)\}/g)].map(([, name]) => name ?? "");
    expect(named).toContain(guide.byMail ? "source" : "url");
    expect(named.filter((name) => !["url", "source", ...own].includes(name))).toEqual([]);
  });

  it("makes up, for what may come later, what its provider takes", async () => {
    const made = await placeholders(guide, settings, {});
    if (Object.keys(made).length === 0) return;
    checkByProvider(requireProvider(guide.provider), { credentials: made, options: {} });
  });
});
