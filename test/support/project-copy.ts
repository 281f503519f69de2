import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../src/local/wrangler.ts";

/** What a copy of the project needs, beside what is installed. */
const COPIED = [
  ...["src", "test", "bench", "docs", "migrations", "README.md", "package.json", ".gitignore", "biome.json"],
  ...["tsconfig.json", "tsconfig.node.json", "vitest.config.ts", "drizzle.config.ts"],
  ...["wrangler.toml", "worker-configuration.d.ts"],
];

/** A copy of the project to be changed, with what is installed here. @returns its folder, which whoever asked removes */
export function copyProject(): string {
  const dir = mkdtempSync(join(tmpdir(), "posthorn-copy-"));
  for (const name of COPIED) cpSync(join(root, name), join(dir, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  return dir;
}

export type Ran = { code: number; output: string };

/** Runs a script by this Node, in a folder. Its output is both its streams'. */
export async function runIn(dir: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, args, { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? -1, output: Buffer.concat(output).toString() };
}
