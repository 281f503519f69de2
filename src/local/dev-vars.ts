import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { freshKeys } from "./keys.ts";
import { root } from "./wrangler.ts";

/**
 * The variables of local development, from .dev.vars. A missing file is made from .dev.vars.example (mode 0600), with
 * fresh random keys in place of the empty ones; one that is there is never changed.
 */
export function devVars(): { vars: Record<string, string | undefined>; made: boolean } {
  const path = join(root, ".dev.vars");
  const made = !existsSync(path);
  if (made) {
    const filled = Object.entries(freshKeys()).reduce(
      (text, [name, key]) => text.replace(`${name}=""`, `${name}="${key}"`),
      readFileSync(join(root, ".dev.vars.example"), "utf8"),
    );
    writeFileSync(path, filled, { mode: 0o600, flag: "wx" });
  }
  return { vars: parseEnv(readFileSync(path, "utf8")), made };
}
