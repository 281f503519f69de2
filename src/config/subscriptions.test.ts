import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { listSubscriptions, PACKED } from "./endpoints.ts";

const MANY = 257;

async function workspaceWith(endpoints: number): Promise<number> {
  const row = await env.DB.prepare(
    "INSERT INTO workspaces (name, external_id, created_at, updated_at) VALUES ('A', ?, 0, 0) RETURNING id",
  )
    .bind(crypto.randomUUID())
    .first<{ id: number }>();
  const id = row?.id ?? 0;
  await env.DB.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
     INSERT INTO endpoints (id, workspace_id, url, events, status, dialect, channels, version, created_at, updated_at)
     SELECT 'wh_' || CAST(?1 AS INTEGER) || '_' || n, ?1, 'http://127.0.0.1:1/', json_array('ticket.' || n, '*'), 'paused', 'standard',
       json_array('"ö' || n), n, 1000 + n, 0
     FROM numbers WHERE ?2 > 0`,
  )
    .bind(id, endpoints)
    .run();
  return id;
}

it("tells of all endpoints of a workspace, the oldest first, and of nobody else's", async () => {
  const workspace = await workspaceWith(MANY);
  await workspaceWith(3);
  const all = (await listSubscriptions(env, workspace)) ?? [];
  expect(all.map(({ number: _, ...rest }) => rest)).toEqual(
    Array.from({ length: MANY }, (_, index) => {
      const n = index + 1;
      const [events, channels] = [[`ticket.${n}`, "*"], [`"ö${n}`]];
      return { id: `wh_${workspace}_${n}`, version: n, events, channels, createdAt: 1000 + n };
    }),
  );
  const numbers = all.map(({ number }) => number);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
});

it("reads them though each says as much as the API lets it", async () => {
  const workspace = await workspaceWith(MANY);
  // In JSON each of these characters takes six.
  const channels = Array.from({ length: 20 }, (_, n) => "\u0001".repeat(198) + n.toString().padStart(2, "0"));
  const events = Array.from({ length: 50 }, (_, n) => `${"a".repeat(197)}.${n.toString().padStart(2, "0")}`);
  await env.DB.prepare("UPDATE endpoints SET events = ?, channels = ? WHERE workspace_id = ?")
    .bind(JSON.stringify(events), JSON.stringify(channels), workspace)
    .run();
  const all = (await listSubscriptions(env, workspace)) ?? [];
  expect(all).toHaveLength(MANY);
  for (const each of all) expect(each).toMatchObject({ events, channels });
  // The platform's bound of a row, which this machine has not.
  const bytes = Math.max(...all.map((each) => new TextEncoder().encode(JSON.stringify(Object.values(each))).length));
  expect((bytes + 1) * PACKED).toBeLessThan(2_000_000);
});

it("packs them by workspace, though others' were made in between", async () => {
  const workspaces = [await workspaceWith(0), await workspaceWith(0)];
  await env.DB.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?3)
     INSERT INTO endpoints (id, workspace_id, url, events, status, dialect, channels, created_at, updated_at)
     SELECT 'wh_' || lower(hex(randomblob(13))), iif(n % 100 = 0, ?1, ?2), 'http://127.0.0.1:1/', '["*"]', 'active', 'standard', '[]', 0, 0
     FROM numbers`,
  )
    .bind(...workspaces, 100 * PACKED)
    .run();
  const batch = vi.spyOn(env.DB, "batch");
  const all = (await listSubscriptions(env, workspaces[0] ?? 0)) ?? [];
  expect(all).toHaveLength(PACKED + 1);
  const answers: D1Result[] = await batch.mock.results[0]?.value;
  expect(answers[0]?.results).toHaveLength(2);
  batch.mockRestore();
});

it("tells a workspace without endpoints from one that is not there", async () => {
  expect(await listSubscriptions(env, await workspaceWith(0))).toEqual([]);
  expect(await listSubscriptions(env, 987_654)).toBeNull();
});
