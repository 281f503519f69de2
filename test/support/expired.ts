import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SpawnedService } from "./service.ts";

/**
 * Makes every delivery that has failed one that expired a moment ago, as the service leaves it after weeks that no test can
 * wait for: its event's data is let go. The service starts anew for it.
 */
export async function letExpire(service: SpawnedService): Promise<void> {
  await service.stop();
  const folder = join(service.stateDir, "do", "posthorn-Endpoint");
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".sqlite") && file !== "metadata.sqlite")) {
    const database = new DatabaseSync(join(folder, name));
    const letGo = `SELECT json_group_array(json_set(value, '$.data', 'null')) FROM json_each(events)`;
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'log'").get()) {
      database.exec(`UPDATE log SET state = 'expired', events = (${letGo}) WHERE state = 'failed'`);
    }
    database.close();
  }
  await service.restart();
}
