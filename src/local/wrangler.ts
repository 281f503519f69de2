import { spawn } from "node:child_process";
import { join } from "node:path";

/** The project's folder, which holds wrangler.toml. */
export const root = join(import.meta.dirname, "../..");

/** The configuration file that every local run takes its bindings from. */
export const configPath = join(root, "wrangler.toml");

/**
 * Wrangler's command, for the Node that runs this file: one that runs TypeScript is new enough for wrangler. It is not
 * the launcher in wrangler/bin, which would hand no signal on.
 */
export const wranglerCommand = ["--no-warnings", join(root, "node_modules/wrangler/wrangler-dist/cli.js")];

/** The environment for wrangler: it asks nothing, fetches nothing, reports nothing and keeps no log file. */
export function quietEnv(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CI: "true",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_WRITE_LOGS: "false",
  };
}

/**
 * Runs one wrangler command to its end, in the project's folder and without input.
 * @returns what it printed, stdout and stderr together
 * @throws Error with that output when the command fails
 */
export function wrangler(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...wranglerCommand, ...args], {
      cwd: root,
      env: quietEnv(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const printed: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => printed.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const output = Buffer.concat(printed).toString();
      if (code === 0) resolve(output);
      else reject(new Error(`wrangler ${args[0]} failed with exit code ${code}:\n${output}`));
    });
  });
}
