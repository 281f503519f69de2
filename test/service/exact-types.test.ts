import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openInbox } from "../support/inbox.ts";
import { type Visitor, visitor } from "../support/portal.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

/*
 * A type's sample and its schema are what somebody wrote: digits, exponents, escapes and the order of names (RFC 8259, 4
 * and 6, leave all of these to whoever writes). JavaScript's own reading keeps none of them.
 */

/** As it is sent, as it is kept, and as a form shows it. */
const SAMPLE = {
  sent: String.raw`{ "id": 12345678901234567890, "one": 1.0, "e": 1e2,
    "2": "b", "1": "a", "__proto__": {"x": -0}, "text": "\u00e9  \/ ü", "none": [ ] }`,
  kept: String.raw`{"id":12345678901234567890,"one":1.0,"e":1e2,"2":"b","1":"a","__proto__":{"x":-0},"text":"\u00e9  \/ ü","none":[]}`,
  shown: String.raw`{
  "id": 12345678901234567890,
  "one": 1.0,
  "e": 1e2,
  "2": "b",
  "1": "a",
  "__proto__": {
    "x": -0
  },
  "text": "\u00e9  \/ ü",
  "none": []
}`,
};

const SCHEMA = {
  sent: '{"type": "object", "properties": {"2": {"type": "string"}, "1": {"maxLength": 5.0}}, "x-note": [1E+2, {"__proto__": 0.10}]}',
  kept: '{"type":"object","properties":{"2":{"type":"string"},"1":{"maxLength":5.0}},"x-note":[1E+2,{"__proto__":0.10}]}',
};

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let admin: Visitor;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
  admin = visitor(service.url);
  await admin.signIn(service.adminToken);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** The answer's text: to parse it would lose what is to be seen. */
async function exact(method: string, path: string, body?: string): Promise<string> {
  const headers = { authorization: `Bearer ${service.adminToken}`, "content-type": "application/json" };
  const init = body === undefined ? { method, headers } : { method, headers, body };
  const response = await fetch(service.url + workspace.path + path, init);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

const both = `"schema":${SCHEMA.kept},"sample":${SAMPLE.kept}`;

describe("by the API", () => {
  it("is answered, listed and changed as it was written", async () => {
    const fields = `"sample": ${SAMPLE.sent}, "schema": ${SCHEMA.sent}`;
    expect(await exact("POST", "/event-types", `{"name": "exact.api", ${fields}}`)).toContain(both);
    expect(await exact("GET", "/event-types?system=workspace")).toContain(both);
    expect(await exact("PATCH", "/event-types/exact.api", '{"title": "Exact"}')).toContain(both);
    expect(await exact("PATCH", "/event-types/exact.api", "{}")).toContain(both);
    const other = await exact("PATCH", "/event-types/exact.api", '{"sample": [1.50], "schema": null}');
    expect(other).toContain('"schema":null,"sample":[1.50]');
    expect(await exact("PATCH", "/event-types/exact.api", `{${fields}}`)).toContain(both);
  });

  it("has the last of what was said twice, as other JSON has", async () => {
    const body = '{"name": "exact.twice", "sample": 1, "sample": 2.0, "s\\u0061mple": 3.0}';
    expect(await exact("POST", "/event-types", body)).toContain('"sample":3.0');
  });

  it("may be any JSON, and null clears it", async () => {
    for (const text of ["1.0", "-0", '"\\u00e9"', "false", "[]", '"null"']) {
      expect(await exact("PATCH", "/event-types/exact.twice", `{"sample": ${text}}`)).toContain(`"sample":${text}`);
    }
    expect(await exact("PATCH", "/event-types/exact.twice", '{"sample": null}')).toContain('"sample":null');
  });

  it("is what a test sends", async () => {
    const inbox = openInbox(receiver);
    const webhook = await workspace.webhook({ url: inbox.url, events: ["exact.api"], dialect: "gopimi" });
    await exact("POST", `/webhooks/${webhook.id}/test`, "{}");
    expect((await inbox.first()).body.toString()).toContain(`"data":${SAMPLE.kept}`);
  });

  it("still checks payloads", async () => {
    await expect(exact("POST", "/events", '{"event": "exact.api", "data": {"1": "too long"}}')).rejects.toThrow(
      "invalid_request",
    );
    await expect(exact("PATCH", "/event-types/exact.api", '{"sample": {"2": 7}}')).rejects.toThrow("sample.2");
  });
});

describe("in the portal", () => {
  const at = (path: string) => `/portal/${workspace.id}${path}`;
  const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  const decoded = (html: string) =>
    html.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
  /** What stands in a form's field for text; a browser leaves the first line feed out. */
  const typedIn = (html: string, name: string) =>
    decoded(new RegExp(`<textarea[^>]* name="${name}"[^>]*>\n?([^<]*)</textarea>`).exec(html)?.[1] ?? "");
  const copied = (html: string) => [...html.matchAll(/data-copy="([^"]*)"/g)].map(([, text = ""]) => decoded(text));

  it("is shown, edited and saved as it was written", async () => {
    const type = { name: "exact.portal", title: "", description: "", schema: SCHEMA.sent, sample: SAMPLE.sent };
    expect((await admin.post(at("/event-types/~new"), type)).location).toContain("done=saved");
    expect(await exact("GET", "/event-types?system=workspace")).toContain(both);
    const { html } = await admin.get(at("/event-types/exact.portal"));
    expect(copied(html)).toEqual(expect.arrayContaining([SAMPLE.kept, SCHEMA.kept]));

    const edit = await admin.get(at("/event-types/exact.portal/edit"));
    expect(typedIn(edit.html, "sample")).toBe(SAMPLE.shown);
    const again = { title: "Once more", description: "" };
    const fields = { ...again, schema: typedIn(edit.html, "schema"), sample: typedIn(edit.html, "sample") };
    expect((await admin.post(at("/event-types/exact.portal/edit"), fields)).location).toContain("done=saved");
    expect(await exact("GET", "/event-types?system=workspace")).toContain(`"title":"Once more","description":null`);
    expect((await exact("GET", "/event-types?system=workspace")).split(both)).toHaveLength(3);
  });

  it("is what the form of a new event begins with, and what a delivery is shown to have", async () => {
    const { html } = await admin.get(at("/events/new?type=workspace%2Fexact.portal"));
    expect(typedIn(html, "data")).toBe(SAMPLE.shown);
    const preview = await admin.post(at("/webhooks/preview"), { event: "exact.portal", dialect: "gopimi" });
    expect(copied(preview.html)).toEqual([expect.stringContaining(`"data":${SAMPLE.kept}`)]);
  });
});
