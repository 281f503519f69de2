import { api } from "../test/support/api.ts";
import type { Target } from "./client.ts";
import { EVENT } from "./payload.ts";

interface Created<T> {
  data: T;
}

/** Makes workspaces with one endpoint each, all of them at the receiver. @returns where to publish */
export async function prepare(
  url: string,
  adminToken: string,
  receiver: string,
  workspaces: number,
): Promise<Target[]> {
  const admin = api(url, adminToken);
  const make = async <T>(path: string, body: unknown): Promise<T> => {
    const answer = await admin<Created<T>>("POST", `/api/v1/workspaces${path}`, body);
    if (answer.status !== 201) throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`);
    return answer.json.data;
  };
  const targets: Target[] = [];
  for (let number = 1; number <= workspaces; number++) {
    const { id } = await make<{ id: number }>("", { name: `Benchmark ${number}` });
    const { token } = await make<{ token: string }>(`/${id}/tokens`, { name: "benchmark", scopes: ["publish"] });
    await make(`/${id}/webhooks`, { url: `${receiver}/hook`, events: [EVENT] });
    targets.push({ url: `${url}/api/v1/workspaces/${id}/events`, headers: { authorization: `Bearer ${token}` } });
  }
  return targets;
}
