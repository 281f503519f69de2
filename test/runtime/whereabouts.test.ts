import { env, exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import { soon } from "../support/soon.ts";
import { api, workspaceWithWebhook } from "./service.ts";

/** Where an event went, in a workspace with very many webhooks. */

/** So many an answer tells of. */
const PAGE = 100;

interface Answer {
  data: { deliveries: { webhook_id: string }[]; not_delivered: { webhook_id: string; reason: string }[] };
  next_cursor: string | null;
}

/** Webhooks that listen to something else, as they lie in D1. */
async function others(workspace: number, count: number): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
     INSERT INTO endpoints (id, workspace_id, url, events, status, dialect, channels, created_at, updated_at)
     SELECT 'wh_' || upper(hex(randomblob(13))), ?1, 'http://127.0.0.1:1/', '["contact.updated"]', 'active', 'standard', '[]', 0, 0
     FROM numbers`,
  )
    .bind(workspace, count)
    .run();
}

it("is told of a hundred webhooks at a time", async () => {
  const { workspace, webhook } = await workspaceWithWebhook();
  const { id } = await api<{ id: string }>("POST", `/workspaces/${workspace}/events`, {
    event: "ticket.created",
    data: {},
  });
  const ask = async (cursor = ""): Promise<{ status: number; answer: Answer }> => {
    const response = await exports.default.fetch(
      `https://posthorn.example/api/v1/workspaces/${workspace}/events/${id}${cursor && `?cursor=${cursor}`}`,
      { headers: { authorization: `Bearer ${env.ADMIN_TOKEN}` } },
    );
    return { status: response.status, answer: await response.json<Answer>() };
  };
  const had = { data: { deliveries: [{ webhook_id: webhook }] }, next_cursor: null };
  await soon(async () => expect((await ask()).answer.data.deliveries).toHaveLength(1));
  await others(workspace, PAGE - 1);
  expect((await ask()).answer).toMatchObject(had);
  expect((await ask()).answer.data.not_delivered).toHaveLength(PAGE - 1);

  await others(workspace, 1);
  const { data, next_cursor } = (await ask()).answer;
  expect(data.deliveries).toEqual([]);
  expect(new Set(data.not_delivered.map(({ webhook_id }) => webhook_id)).size).toBe(PAGE);
  expect(new Set(data.not_delivered.map(({ reason }) => reason))).toEqual(new Set(["not_subscribed"]));
  const rest = (await ask(next_cursor ?? "")).answer;
  expect(rest).toMatchObject(had);
  expect(rest.data.not_delivered).toEqual([]);
  expect((await ask("nonsense")).status).toBe(422);
});
