import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { root } from "../../src/local/wrangler.ts";

/**
 * The Worker as it was a version ago, on the model. A deployment does not change all objects at once: old and new ones talk to
 * each other, and each finds what the other has stored.
 */

/** Its files by name, as JSON, compressed. `npm run torture:keep` makes it of what is there now. */
const KEPT = join(root, "test/torture/previous-version.json.gz");
const HANDLERS = "default";

/** Which classes are still the old ones; {@link HANDLERS} stands for the Worker's own. */
const MIXTURES: readonly (readonly string[])[] = [
  ["Courier", "Endpoint", "EventStream", "Relay", "Source", HANDLERS],
  ["Endpoint"],
  ["Relay"],
  ["EventStream", "Source"],
  ["Courier", HANDLERS],
];
const EXPORTS = ["Courier", "Endpoint", "EventStream", "Relay", "Source", HANDLERS];

/** Keeps a built Worker as the previous version. @param script its path */
export function keep(script: string): void {
  const folder = join(script, "..");
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{40}-/.test(name));
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  files["previous.mjs"] = readFileSync(script, "utf8").replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
  writeFileSync(KEPT, gzipSync(JSON.stringify(files), { level: 9 }));
}

/**
 * Lays mixtures of the present Worker and the previous one beside it.
 * @param script the built present one
 * @param outDir where they go
 * @returns the script of each
 */
export function mixtures(script: string, outDir: string): string[] {
  const previous = JSON.parse(gunzipSync(readFileSync(KEPT)).toString()) as Record<string, string>;
  return MIXTURES.map((old, number) => {
    const folder = join(outDir, String(number));
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(previous)) writeFileSync(join(folder, name), text);
    for (const name of readdirSync(join(script, ".."))) {
      if (/^[0-9a-f]{40}-/.test(name)) copyFileSync(join(script, "..", name), join(folder, name));
    }
    copyFileSync(script, join(folder, "present.mjs"));
    const lines = EXPORTS.map((name) => {
      return `export { ${name} } from "./${old.includes(name) ? "previous" : "present"}.mjs";`;
    });
    const entry = join(folder, basename(script));
    writeFileSync(entry, `${lines.join("\n")}\n`);
    return entry;
  });
}
