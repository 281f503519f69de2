import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, api } from "../support/api.ts";
import { fieldOf, signedIn, type Visitor } from "../support/portal.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** The portal's pages for who runs the deployment, and the audit log. */

const OLD_KEY = "the-old-key-0123456789";

let service: SpawnedService;
let admin: Api;
let acme: Workspace;
let anna: Visitor;
let manager: Visitor;
let reader: Visitor;

const tokenOf = async (name: string, scopes: string[], more: object = {}) =>
  dataOf(await acme.call<{ data: { id: string; token: string } }>("POST", "/tokens", { name, scopes, ...more }));
const at = (path: string): string => `/portal/${acme.id}${path}`;

beforeAll(async () => {
  service = await spawnService({ vars: { ENCRYPTION_KEY: OLD_KEY } });
  admin = api(service.url, service.adminToken);
  acme = await newWorkspace(service, "Acme <b>");
  anna = await signedIn(service.url, service.adminToken);
  manager = await signedIn(service.url, (await tokenOf("Manager", ["read", "manage"])).token);
  reader = await signedIn(service.url, (await tokenOf("Reader", ["read"])).token);
});

afterAll(() => service.stop());

describe("workspaces", () => {
  it("are listed with what they use, and found by a part of their name, by their external id and their id", async () => {
    const { html, text } = await anna.get("/portal/workspaces");
    expect(text).toContain("Acme <b>");
    expect(html).not.toContain("Acme <b>");
    await admin("POST", "/api/v1/workspaces", { name: "Globex", external_id: "customer-4711", plan: "free" });
    const found = async (search: string) => (await anna.get(`/portal/workspaces?search=${search}`)).text;
    expect(await found("OBE")).toContain("Globex");
    expect(await found("OBE")).toContain("0 of 10 000");
    expect(await found("OBE")).not.toContain("Acme");
    expect(await found("4711")).toContain("Globex");
    expect(await found(String(acme.id))).toContain("Acme");
    expect(await found("nobody")).toContain("No workspace found");
    expect(await found("%25")).toContain("No workspace found");
  });

  it("are created, changed, and deleted by who types the name", async () => {
    const refused = await anna.post("/portal/workspaces/new", { name: "", plan: "gold", notify_url: "nonsense" });
    expect(refused.status).toBe(422);
    expect(refused.html).toContain('aria-invalid="true"');
    expect(fieldOf(refused.html, "notify_url") ?? refused.html).toContain("nonsense");

    const made = await anna.post("/portal/workspaces/new", { name: "Initech", plan: "free" });
    expect(made.status).toBe(303);
    const settings = made.location?.replace("?done=created", "") ?? "";
    expect((await anna.get(made.location ?? "")).text).toContain("Created.");

    const fields = { name: "Initech", external_id: "", plan: "pro", notify_url: "", notify_email: "" };
    const emptied = await anna.post(settings, fields);
    expect(emptied.status).toBe(422);
    const external = { ...fields, external_id: "initech" };
    expect((await anna.post(settings, external)).location).toBe(`${settings}?done=saved`);
    const shown = await anna.get(settings);
    expect(shown.html).toContain('value="initech"');

    const wrong = await anna.post(`${settings}/delete`, { confirm: "initech" });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain("That is not its name. Type: Initech");
    const gone = await anna.post(`${settings}/delete`, { confirm: "Initech" });
    expect(gone.location).toBe("/portal/workspaces?done=deleted");
    expect((await anna.get(settings)).status).toBe(404);
  });

  it("show the secret of their notifications once", async () => {
    const fields = { name: "Hooli", notify_url: "http://127.0.0.1:1/n" };
    const made = await anna.post("/portal/workspaces/new", fields);
    expect(made.status).toBe(201);
    expect(made.text).toMatch(/shown this once.*whsec_/);
    const settings = /href="(\/portal\/\d+\/settings)\?done=created"/.exec(made.html)?.[1] ?? "";
    expect((await anna.get(settings)).text).not.toContain("whsec_");
  });

  it("are offered in the menu, at the same section", async () => {
    const headers = { "hx-request": "true" };
    const path = `/portal/workspaces/switch?from=%2Ftokens&workspace=${acme.id}`;
    const { html } = await anna.get(path, headers);
    expect(html).toContain(`<a href="${at("/tokens")}" aria-current="true">`);
    const odd = await anna.get("/portal/workspaces/switch?from=%2F%2Fevil.example", headers);
    expect(odd.html).toContain(`href="${at("/webhooks")}"`);
    expect((await anna.get(path)).location).toBe("/portal/workspaces");
  });

  it("send a user in by a link that is shown once", async () => {
    const path = at("/settings/portal-link");
    const fields = { grant: "read", expires_in: "300", session_seconds: "3600" };
    const made = await anna.post(path, fields);
    expect(made.status).toBe(201);
    expect(made.text).toMatch(/\/portal\/link\/phl_/);
    for (const number of ["3e2", "0x12c", "3.0e2"]) {
      expect((await anna.post(path, { ...fields, expires_in: number })).status).toBe(422);
      expect((await anna.post(path, { ...fields, session_seconds: number })).status).toBe(422);
      const token = { name: "t", scopes: "read", expires_in: number };
      expect((await anna.post(at("/tokens/new"), token)).status).toBe(422);
    }
    const refused = await anna.post(path, { ...fields, expires_in: "999999" });
    expect([refused.status, refused.text.includes("phl_")]).toEqual([422, false]);
  });

  it("are the admin's alone", async () => {
    for (const path of ["/portal/workspaces", "/portal/workspaces/new", at("/settings"), at("/settings/delete")]) {
      expect((await manager.get(path)).status).toBe(403);
      if (path !== "/portal/workspaces") expect((await manager.post(path, { confirm: "Acme <b>" })).status).toBe(403);
    }
  });
});

describe("tokens", () => {
  it("are listed with what they may, and how near their end is", async () => {
    await tokenOf("Ends soon", ["publish"], { expires_in: 3600 });
    const { text } = await anna.get(at("/tokens"));
    expect(text).toMatch(/Ends soon tok_\w+ publish never soon in 59min|Ends soon tok_\w+ publish never soon in 1h/);
    expect(text).toMatch(/Reader tok_\w+ read now never/);
  });

  it("are created with what was chosen, and shown once", async () => {
    const { status, text } = await anna.post(at("/tokens/new"), {
      name: "Billing",
      scopes: ["publish", "read"],
      expires_in: "604800",
    });
    expect(status).toBe(201);
    const [token = ""] = /pht_[\w-]{43}/.exec(text) ?? [];
    expect(text).toContain(
      `curl -H "Authorization: Bearer ${token}" ${service.url}/api/v1/workspaces/${acme.id}/webhooks`,
    );
    expect((await api(service.url, token)("GET", `${acme.path}/webhooks`)).status).toBe(200);
    expect((await anna.get(at("/tokens"))).text).not.toContain("pht_");
  });

  it("are not created without a name or a scope; what was typed stays", async () => {
    const { status, html, text } = await anna.post(at("/tokens/new"), { name: "Nothing", expires_in: "" });
    expect(status).toBe(422);
    expect(text).toContain("Choose at least one.");
    expect(html).toContain('value="Nothing"');
    expect((await anna.post(at("/tokens/new"), { name: "", scopes: "read" })).html).toContain('id="name-wrong"');
  });

  it("are revoked by who was asked", async () => {
    const { id, token } = await tokenOf("Lost", ["read"]);
    const asked = await anna.get(at(`/tokens/${id}/revoke`));
    expect(asked.text).toContain("Revoke Lost?");
    const { location } = await anna.post(at(`/tokens/${id}/revoke`), {});
    expect(location).toBe(at("/tokens?done=revoked"));
    expect((await api(service.url, token)("GET", `${acme.path}/webhooks`)).status).toBe(401);
    expect((await anna.get(at(`/tokens/${id}/revoke`))).status).toBe(404);
  });

  it("are the admin's alone", async () => {
    for (const path of ["/tokens", "/tokens/new"]) expect((await manager.get(at(path))).status).toBe(403);
    expect((await manager.post(at("/tokens/new"), { name: "Mine", scopes: "manage" })).status).toBe(403);
  });
});

describe("the audit log", () => {
  let webhook: string;

  beforeAll(async () => {
    webhook = (await acme.webhook({ url: "http://127.0.0.1:1/a", name: "Orders" })).id;
    await acme.change(webhook, { url: "http://127.0.0.1:1/b" });
  });

  it("tells in words who changed what, and how", async () => {
    const { text, html } = await manager.get(at("/audit-log"));
    expect(text).toContain(`changed a webhook`);
    expect(text).toContain("http://127.0.0.1:1/a → became http://127.0.0.1:1/b");
    expect(text).toContain(`added a webhook Orders ${webhook}`);
    expect(html).toContain(`href="${at(`/webhooks/${webhook}`)}"`);
  });

  it("is narrowed by what stands in the address", async () => {
    const shown = async (query: string) => (await manager.get(at(`/audit-log?${query}`))).text;
    const today = new Date().toISOString().slice(0, 10);
    expect(await shown(`record=${webhook}&action=webhook.updated`)).not.toContain("added a webhook");
    expect(await shown(`record=${webhook}&from=${today}&to=${today}`)).toContain("added a webhook");
    expect(await shown(`record=${webhook}&to=2020-01-01`)).toContain("Nothing that fits");
    expect(await shown("actor=service")).toContain("Nothing that fits");
    expect(await shown("from=yesterday")).toContain("added a webhook");
    expect(await shown("action=nonsense")).toContain("action:");
  });

  it("is of all workspaces for the admin", async () => {
    const { status, text } = await anna.get(`/portal/audit-log?workspace=${acme.id}&action=workspace.created`);
    expect([status, text.includes("Acme <b>") || text.includes("created the workspace")]).toEqual([200, true]);
    expect((await anna.get("/portal/audit-log?workspace=x")).text).toContain("workspace_id:");
    expect((await manager.get("/portal/audit-log")).status).toBe(403);
    expect((await reader.get(at("/audit-log"))).status).toBe(403);
  });
});

describe("encryption keys", () => {
  it("are replaced portion by portion, with the next step said", async () => {
    expect((await anna.get("/portal/encryption")).text).toContain("All is under the one key.");
    await service.restart({ ENCRYPTION_KEYS: "the-new-key-0123456789" });
    anna = await signedIn(service.url, service.adminToken);
    const before = await anna.get("/portal/encryption");
    expect(before.text).toMatch(/0 of \d+ under the first key/);
    expect(before.text).toMatch(/Move \d+ to the first key/);
    const after = await anna.post("/portal/encryption", {});
    expect(after.status).toBe(200);
    expect(after.text).toMatch(/(\d+) of \1 under the first key/);
    expect(after.text).toContain("Now the old key can go");
    expect(after.text).not.toContain("0123456789");
    expect((await anna.post("/portal/encryption", {})).text).toContain("All is under the first key.");
  });

  it("are the admin's alone", async () => {
    expect((await manager.get("/portal/encryption")).status).toBe(403);
    expect((await manager.post("/portal/encryption", {})).status).toBe(403);
  });
});
