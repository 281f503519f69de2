import { describe, expect, it } from "vitest";
import { guideOf } from "../../../inbound/providers/index.ts";
import { filled } from "./guide-view.tsx";
import { size } from "./raw-request.tsx";
import { fixedOptions, settingsFor, variantInUse, variantOf } from "./settings.ts";
import { credentialsIn, optionsIn, typedFrom } from "./typed.ts";

function settingsOf(provider: string, variant = "") {
  const guide = guideOf(provider);
  if (!guide) throw new Error(`There is no guide of ${provider}`);
  const chosen = variantOf(guide, variant);
  return { guide, variant: chosen, settings: settingsFor(guide, chosen) };
}

describe("a provider's settings", () => {
  it("are made of its schemas", () => {
    expect(settingsOf("plivo-sms").settings).toEqual([
      {
        name: "credentials.auth_token",
        place: "credentials",
        key: "auth_token",
        kind: "text",
        required: true,
        two: true,
        choices: [],
        usual: "",
        min: undefined,
        max: undefined,
      },
      {
        name: "options.require_v3",
        place: "options",
        key: "require_v3",
        kind: "switch",
        required: false,
        two: false,
        choices: [],
        usual: "false",
        min: undefined,
        max: undefined,
      },
    ]);
  });

  it("are those of the way that was chosen", () => {
    const names = (variant: string) => settingsOf("generic", variant).settings.map(({ name }) => name);
    expect(names("basic")).toEqual([
      "credentials.username",
      "credentials.password",
      "options.event_path",
      "options.event_header",
      "options.event",
      "options.id_path",
      "options.id_header",
    ]);
    expect(names("header").slice(0, 1)).toEqual(["credentials.value"]);
    expect(names("hmac")).toContain("options.template");
  });

  it("have the way that was chosen beside them, where the options say it", () => {
    const { guide, variant } = settingsOf("generic", "header");
    expect(fixedOptions(guide, variant)).toEqual({ scheme: "header" });
    const postmark = settingsOf("postmark", "basic");
    expect(fixedOptions(postmark.guide, postmark.variant)).toEqual({});
    expect(variantInUse(postmark.guide, { username: "set", password: "2 set" })?.id).toBe("basic");
  });
});

describe("what was typed", () => {
  it("is two credentials while one is replaced", () => {
    const { settings } = settingsOf("github");
    expect(credentialsIn(settings, { "credentials.secret": "new" })).toEqual({ secret: "new" });
    const both = { "credentials.secret": "new", "credentials.secret.second": "old" };
    expect(credentialsIn(settings, both)).toEqual({ secret: ["new", "old"] });
    expect(credentialsIn(settings, { "credentials.secret": "" })).toEqual({});
  });

  it("becomes options of their types, and comes back as it was", () => {
    const { settings } = settingsOf("aws-ses-sns");
    const typed = { "options.topics": "arn:a\r\n arn:b\n", "options.tolerance": "60", "options.ticket_address": "" };
    expect(optionsIn(settings, typed)).toEqual({ topics: ["arn:a", "arn:b"], tolerance: 60 });
    expect(typedFrom(settings, { topics: ["arn:a", "arn:b"], tolerance: 60 })).toEqual({
      "options.topics": "arn:a\narn:b",
      "options.tolerance": "60",
    });
  });

  it("is left to the API where it is no number, and left out where it is the usual", () => {
    const { settings } = settingsOf("slack");
    expect(optionsIn(settings, { "options.tolerance": "soon" })).toEqual({ tolerance: "soon" });
    expect(optionsIn(settings, { "options.tolerance": "300" })).toEqual({});
  });
});

it("a guide's names are filled in, and only those that are known", () => {
  expect(filled("{url} and {body}", { url: "https://a.example/$&" })).toBe("https://a.example/$& and {body}");
});

it.each([
  [1, "1 byte"],
  [812, "812 bytes"],
  [48_213, "48.2 KB"],
  [1_340_000, "1.3 MB"],
])("%i bytes are %s", (bytes, text) => {
  expect(size(bytes)).toBe(text);
});
