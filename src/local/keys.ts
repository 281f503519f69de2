import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The two secrets without which the Worker serves nothing. */
export interface Keys {
  ADMIN_TOKEN: string;
  ENCRYPTION_KEY: string;
}

/** Fresh random keys: 32 bytes each, the token in hex and the encryption key in base64. */
export function freshKeys(): Keys {
  return { ADMIN_TOKEN: randomBytes(32).toString("hex"), ENCRYPTION_KEY: randomBytes(32).toString("base64") };
}

/**
 * The keys that belong to a state folder, made and written to its keys.json (mode 0600) the first time:
 * another encryption key could not open the secrets that the state holds.
 * @returns the keys, and whether they were made now
 * @throws Error when the file is there but cannot be read or is not JSON
 */
export async function keysOf(stateDir: string): Promise<{ keys: Keys; made: boolean }> {
  const path = join(stateDir, "keys.json");
  await mkdir(stateDir, { recursive: true });
  const keys = freshKeys();
  try {
    await writeFile(path, `${JSON.stringify(keys, null, 2)}\n`, { flag: "wx", mode: 0o600 });
    return { keys, made: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return { keys: JSON.parse(await readFile(path, "utf8")) as Keys, made: false };
  }
}
