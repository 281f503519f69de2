import { ask, endpointObject, streamObject } from "../../lib/objects.ts";

/** Tells the objects, before the answer goes out, that D1 says something new. */

export async function subscriptionsChanged(env: Env, workspaceId: number): Promise<void> {
  await ask(
    () => streamObject(env, workspaceId),
    (stream) => stream.subscriptionsChanged(),
  );
}

export async function endpointChanged(env: Env, id: string): Promise<void> {
  await ask(
    () => endpointObject(env, id),
    (endpoint) => endpoint.refresh(),
  );
}
