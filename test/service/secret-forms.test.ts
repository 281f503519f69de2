import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../support/api.ts";
import { type Problem, refusal } from "../support/refusal.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** 25 zero bytes in base64, which takes padding (RFC 4648, 4), and the same bytes as receivers' libraries refuse them. */
const CANONICAL = `whsec_${"A".repeat(34)}==`;
const OTHERS = [
  ["without padding", CANONICAL.replace("==", "")],
  ["with half of it", CANONICAL.replace("==", "=")],
  ["with unused bits set", CANONICAL.replace("A==", "B==")],
  ["with a blank", CANONICAL.replace("_AAAA", "_AAAA ")],
  ["with a line feed", `${CANONICAL}\n`],
] as const;

const WEBHOOK = { url: "https://your-app.com/webhooks", events: ["*"] };

let service: SpawnedService;
let workspace: Workspace;

/** Each asks for a secret, and is told which field it is in. */
const doors: Record<string, { field: string; ask: (secret: string) => Promise<Answer<Problem>> }> = {};

beforeAll(async () => {
  service = await spawnService();
  workspace = await newWorkspace(service);
  for (const dialect of ["standard", "cases"]) {
    doors[`a new webhook of ${dialect}`] = {
      field: "secret",
      ask: (secret) => workspace.call("POST", "/webhooks", { ...WEBHOOK, dialect, secret }),
    };
    const { id } = await workspace.webhook({ ...WEBHOOK, dialect });
    doors[`a rotation of ${dialect}`] = {
      field: "secret",
      ask: (secret) => workspace.call("POST", `/webhooks/${id}/rotate-secret`, { secret, overlap_seconds: 0 }),
    };
  }
  for (const [provider, name] of [
    ["standard-webhooks", "signing_secret"],
    ["resend", "signing_secret"],
    ["bird", "signing_key"],
  ] as const) {
    const field = `credentials.${name}`;
    const create = (given: unknown) =>
      workspace.call<Problem>("POST", "/sources", { provider, name: provider, credentials: { [name]: given } });
    doors[`a new source of ${provider}`] = { field, ask: create };
    doors[`the second secret of one of ${provider}`] = { field, ask: (secret) => create([CANONICAL, secret]) };
    const { id } = dataOf(
      await workspace.call<{ data: { id: string } }>("POST", "/sources", {
        ...{ provider, name: provider, credentials: { [name]: CANONICAL } },
      }),
    );
    doors[`a changed source of ${provider}`] = {
      field,
      ask: (secret) => workspace.call("PATCH", `/sources/${id}`, { credentials: { [name]: secret } }),
    };
  }
});

afterAll(() => service.stop());

describe("a whsec_ secret is taken", () => {
  it("at every door, where it is canonical base64", async () => {
    expect(Object.keys(doors)).toHaveLength(13);
    for (const [door, { ask }] of Object.entries(doors)) {
      expect([door, (await ask(CANONICAL)).status]).toEqual([door, expect.toSatisfy((status) => status < 300)]);
    }
  });

  it.each(OTHERS)("at none %s", async (_, secret) => {
    for (const [door, { ask, field }] of Object.entries(doors)) {
      const answer = await ask(secret);
      expect([door, refusal(answer)]).toEqual([
        door,
        { status: 422, fields: [expect.stringMatching(`^${field}(.1)?$`)] },
      ]);
      expect(answer.json.detail).toMatch(/base64/);
      expect(answer.text).not.toContain("AAAA");
    }
  });
});
