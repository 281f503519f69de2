import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../src/local/wrangler.ts";
import { signedIn } from "../support/portal.ts";
import { copyProject, runIn } from "../support/project-copy.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** What `CONTRIBUTING.md` tells to add is added to a copy of the project, by its words alone, and run. */

/** A file that is new, or lines of one that is there. */
interface Block {
  file: string;
  isChange: boolean;
  text: string;
}

/** The blocks of each recipe, by its heading: their fences name the file. */
function recipesIn(page: string): Map<string, Block[]> {
  const recipes = new Map<string, Block[]>();
  for (const section of page.split(/^## /m).slice(1)) {
    const heading = section.slice(0, section.indexOf("\n"));
    const blocks = [...section.matchAll(/^```(\w+) (\S+)\n([\s\S]*?)^```$/gm)].map(([, kind, file = "", text = ""]) => {
      return { file, isChange: kind === "diff", text };
    });
    recipes.set(heading, blocks);
  }
  return recipes;
}

/** @throws Error where what a change goes by is not there, or more than once */
function changed(before: string, { file, text }: Block): string {
  const lines = text.split("\n").filter((line) => line !== "");
  const side = (sign: string) =>
    lines.flatMap((line) => (line.startsWith(sign) || line.startsWith(" ") ? [line.slice(1)] : [])).join("\n");
  const [from, to] = [side("-"), side("+")];
  if (before.split(`${from}\n`).length !== 2) throw new Error(`${file} does not have this once:\n${from}`);
  return before.replace(`${from}\n`, () => `${to}\n`);
}

const recipes = recipesIn(readFileSync(join(root, "CONTRIBUTING.md"), "utf8"));
const filesOf = (heading: string, isChange: boolean) => [
  ...new Set((recipes.get(heading) ?? []).flatMap((each) => (each.isChange === isChange ? [each.file] : []))),
];

const dir = copyProject();

/** Runs something of what is installed in the copy. */
const run = (script: string, ...args: string[]) => runIn(dir, [join("node_modules", script), ...args]);

beforeAll(() => {
  for (const block of [...recipes.values()].flat()) {
    const path = join(dir, block.file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, block.isChange ? changed(readFileSync(path, "utf8"), block) : block.text);
  }
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("a recipe touches", () => {
  it.each([
    ["A provider of callbacks", "src/inbound/providers/acme/", ["src/inbound/providers/index.ts"]],
    ["A system", "src/systems/acme/", ["src/systems/index.ts"]],
    ["An operation", "src/api/", ["src/api/usage/routes.ts", "test/support/route-table.ts"]],
    ["A page of the portal", "src/portal/pages/doors/page.tsx", ["src/portal/pages/index.ts"]],
  ])("%s: what is new below %s, and a line of %j", (heading, below, changes) => {
    expect(recipes.get(heading)?.length).toBeGreaterThan(0);
    expect(filesOf(heading, false).filter((file) => !file.startsWith(below))).toEqual([]);
    expect(filesOf(heading, true)).toEqual(changes);
  });
});

describe("what comes of the recipes", () => {
  it("has the types that it says", async () => {
    expect(await run("typescript/bin/tsc", "-p", "tsconfig.json")).toEqual({ code: 0, output: "" });
    expect(await run("typescript/bin/tsc", "-p", "tsconfig.node.json")).toEqual({ code: 0, output: "" });
  });

  it("is written as everything is, and imports nothing upwards", async () => {
    const files = [...recipes.keys()].flatMap((heading) => [...filesOf(heading, false), ...filesOf(heading, true)]);
    const checked = files.filter((file) => /\.(ts|tsx|json)$/.test(file));
    const { code, output } = await run("@biomejs/biome/bin/biome", "check", "--error-on-warnings", ...checked);
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  });

  it("passes the tests of all systems and providers", async () => {
    const files = [
      "src/systems",
      "src/inbound/providers/acme",
      "src/portal/pages/sources",
      "test/inbound/samples.test.ts",
    ];
    const { code, output } = await run("vitest/vitest.mjs", "run", "--project", "units", ...files);
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect(output).toContain("src/inbound/providers/acme/provider.test.ts");
  });
});

describe("a service of it", () => {
  let service: SpawnedService;
  let receiver: Receiver;
  let workspace: Workspace;

  beforeAll(async () => {
    const { buildWorker } = (await import(join(dir, "src/local/build.ts"))) as {
      buildWorker: (out: string) => Promise<string>;
    };
    const script = await buildWorker(join(dir, "dist/test"));
    [service, receiver] = await Promise.all([spawnService({ script }), startReceiver()]);
    workspace = await newWorkspace(service);
  });
  afterAll(() => Promise.all([service?.stop(), receiver?.close()]));

  it("delivers as the system has it, and takes what the provider calls back with", async () => {
    await workspace.webhook({ url: `${receiver.url}/acme`, events: ["acme.*"], dialect: "acme" });
    const source = dataOf(
      await workspace.call<{ data: { callback_url: string } }>("POST", "/sources", {
        provider: "acme",
        name: "Doors",
        credentials: { secret: "of the door" },
      }),
    );
    const body = '{"id":"1","type":"door.opened","door":"front"}';
    const signature = createHmac("sha256", "of the door").update(body).digest("hex");
    const send = (headers: Record<string, string>) =>
      fetch(`${service.url}${new URL(source.callback_url).pathname}`, { method: "POST", body, headers });
    expect((await send({ "X-Acme-Signature": signature })).status).toBe(200);
    expect((await send({ "X-Acme-Signature": "00" })).status).toBe(403);
    await receiver.waitFor(1);
    const [request] = receiver.requests;
    expect(request?.headers["x-acme-signature"]).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(request?.body.toString() ?? "")).toMatchObject({
      type: "acme.door.opened",
      data: { provider: "acme", event: "door.opened", payload: { door: "front" } },
    });
  });

  it("answers the operation, and says of it what it takes", async () => {
    const ask = (query: string) => workspace.call<{ data: unknown }>("GET", `/doors${query}`);
    expect(dataOf(await ask(""))).toEqual({ floor: "ground", doors: workspace.id });
    expect((await ask("?floor=second")).status).toBe(422);
    const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(document.paths)).toContain("/api/v1/workspaces/{workspace}/doors");
  });

  it("shows the page, and the provider among those that a source can be of", async () => {
    const visitor = await signedIn(service.url, service.adminToken);
    const { status, text } = await visitor.get(`/portal/${workspace.id}/doors`);
    expect(status).toBe(200);
    expect(text).toContain("Front door");
    expect(text).toContain("The door of ");
    expect((await visitor.get(`/portal/${workspace.id}/sources/new`)).text).toContain("Acme");
  });
});
