import { editDatabase } from "./database.ts";
import type { SpawnedService } from "./service.ts";

const DAY_MS = 24 * 3600 * 1000;

/**
 * Gives every webhook that there is by now a timeout of a day, which the API would not: what a receiver holds open then
 * stays so until the test lets go, however long a busy machine takes for the rest. The service starts anew for it.
 */
export async function withoutTimeouts(service: SpawnedService): Promise<void> {
  await service.stop();
  await editDatabase(service.stateDir, (db) => db.prepare("UPDATE endpoints SET timeout_ms = ?").bind(DAY_MS).run());
  await service.restart();
}
