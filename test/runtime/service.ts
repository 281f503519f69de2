import { env, exports } from "cloudflare:workers";

/** The API, called inside the runtime with the admin token. Answers the parsed body's `data`. */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await exports.default.fetch(`https://posthorn.example/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${env.ADMIN_TOKEN}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === "" ? undefined : (JSON.parse(text) as { data: T }).data) as T;
}

/** A workspace with one webhook that subscribes to everything. Nothing listens at its URL. */
export async function workspaceWithWebhook(): Promise<{ workspace: number; webhook: string }> {
  const { id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme" });
  const { id: webhook } = await api<{ id: string }>("POST", `/workspaces/${workspace}/webhooks`, {
    url: "http://127.0.0.1:1/",
    events: ["*"],
    // Longer than any test's streak: a probe that was a delivery's last attempt is told of, too.
    retry_policy: Array(10).fill(3600),
    disable_after: { failures: 10, seconds: 0 },
  });
  return { workspace, webhook };
}
