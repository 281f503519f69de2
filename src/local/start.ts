import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { devVars } from "./dev-vars.ts";
import { hourly } from "./hourly.ts";
import { tether } from "./watchdog.ts";
import { quietEnv, root, wrangler, wranglerCommand } from "./wrangler.ts";

const PORT = 8787;
const url = `http://127.0.0.1:${PORT}`;

async function answers(): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5000) }).then(
    () => true,
    () => false,
  );
}

function welcome(token: string): string {
  return `
Posthorn takes requests at ${url}
Admin token: ${token}

Settings → Webhooks, to sign in with that token: ${url}/portal

Or create a workspace here:

  curl -X POST ${url}/api/v1/workspaces \\
    -H 'Authorization: Bearer ${token}' \\
    -H 'Content-Type: application/json' \\
    -d '{"name":"Acme"}'

Ctrl-C ends it; what it stored is there at the next start.
`;
}

const { vars, made } = devVars();
if (made) console.log("Made .dev.vars with fresh keys.");
try {
  await wrangler(["d1", "migrations", "apply", "DB", "--local"]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
if (await answers()) {
  console.error(`Something else takes requests at ${url}: end it first.`);
  process.exit(1);
}

const dev = spawn(process.execPath, [...wranglerCommand, "dev", "--ip", "127.0.0.1", "--port", String(PORT)], {
  cwd: root,
  env: quietEnv(),
  stdio: ["ignore", "inherit", "inherit"],
});
tether(dev, "TERM");

let ending = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    ending = true;
    dev.kill("SIGTERM");
  });
}
dev.on("exit", (code) => process.exit(ending ? 0 : (code ?? 1)));

while (!(await answers())) await sleep(200);
// Wrangler has no clock of its own, but an address that stands for one.
hourly(async () => {
  const { ok, status } = await fetch(`${url}/cdn-cgi/local/scheduled`);
  if (!ok) throw new Error(`What runs by the clock has failed (${status}): see above.`);
});
console.log(welcome(vars.ADMIN_TOKEN ?? ""));
