import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../src/local/wrangler.ts";
import { ADD_KEY, DROP_KEY } from "../../src/portal/pages/encryption/commands.ts";

/** Stands for npm: notes how it is called, and keeps what a secret is set to. */
const STAND_IN = `#!/bin/sh
printf '%s\\n' "$*" >> "$PLACE/calls"
if [ "$4 $5" = "secret put" ]; then cat > "$PLACE/put-$6"; fi
`;

/** Interactive, as one who pastes has it, and without anybody's own settings. */
const SHELLS = { bash: ["--norc", "--noprofile", "-i"], zsh: ["-f", "-i"] };
const present = Object.entries(SHELLS).filter(([shell]) => {
  try {
    execFileSync("which", [shell], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

/** The blocks of shell commands in a text that have something in them, one after the other. */
const commandsIn = (text: string, what: string): string =>
  [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)]
    .map(([, block = ""]) => block)
    .filter((block) => block.includes(what))
    .join("");

const HEX_32 = /^[0-9a-f]{64}$/;
/** 32 bytes, without a line feed behind them. */
const BASE64_32 = /^[A-Za-z0-9+/]{43}=$/;

const deploying = /^## Deploy\n([\s\S]*?)^## /m.exec(textOf("README.md"))?.[1] ?? "";
const replacing = textOf("docs/secrets.md");

const put = (name: string) => `run wrangler -- secret put ${name}`;

/** What is pasted, what npm is then called with, and what each secret is set to. */
const CASES: [what: string, commands: string, calls: string[], secrets: Record<string, RegExp>][] = [
  [
    "the README's deployment",
    commandsIn(deploying, ""),
    [
      "ci",
      "run wrangler -- login",
      "run wrangler -- d1 create posthorn",
      "run deploy",
      put("ADMIN_TOKEN"),
      put("ENCRYPTION_KEY"),
    ],
    { ADMIN_TOKEN: HEX_32, ENCRYPTION_KEY: BASE64_32 },
  ],
  [
    "the replacement of an encryption key",
    commandsIn(replacing, "NEW_KEY"),
    [put("ENCRYPTION_KEYS")],
    { ENCRYPTION_KEYS: BASE64_32 },
  ],
  ["its end", commandsIn(replacing, "secret delete"), ["run wrangler -- secret delete ENCRYPTION_KEY"], {}],
  [
    "the replacement of the admin token",
    commandsIn(replacing, "ADMIN_TOKEN"),
    [put("ADMIN_TOKEN")],
    { ADMIN_TOKEN: HEX_32 },
  ],
  ["the portal's replacement of a key", ADD_KEY, [put("ENCRYPTION_KEYS")], { ENCRYPTION_KEYS: BASE64_32 }],
  ["the portal's end of one", DROP_KEY, ["run wrangler -- secret delete ENCRYPTION_KEY"], {}],
];

let place: string;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "posthorn-keys-"));
  writeFileSync(join(place, "npm"), STAND_IN);
  chmodSync(join(place, "npm"), 0o755);
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

function paste(shell: string, flags: readonly string[], commands: string) {
  for (const name of readdirSync(place)) if (name !== "npm") rmSync(join(place, name));
  const env = { PATH: `${place}:${process.env.PATH}`, PLACE: place, HOME: place, TERM: "dumb", PS1: "", PS2: "" };
  const { stdout, stderr } = spawnSync(shell, flags, { input: `${commands}\n`, env, cwd: place, encoding: "utf8" });
  const kept = readdirSync(place).filter((name) => name.startsWith("put-"));
  const secrets = kept.map((name) => [name.slice("put-".length), readFileSync(join(place, name), "utf8")] as const);
  const calls = readFileSync(join(place, "calls"), "utf8").trimEnd().split("\n");
  return { stdout, stderr, calls, secrets };
}

describe.each(present)("pasted into %s", (shell, flags) => {
  it.each(CASES)("%s does what it says, and shows each key that it sets", (_, commands, calls, secrets) => {
    const done = paste(shell, flags, commands);
    expect(done.stderr).not.toMatch(/not found|no matches|parse error|syntax error/);
    expect(done.calls).toEqual(calls);
    expect(Object.fromEntries(done.secrets)).toEqual(
      Object.fromEntries(Object.entries(secrets).map(([name, form]) => [name, expect.stringMatching(form)])),
    );
    for (const [, secret] of done.secrets) expect(done.stdout).toContain(secret);
  });
});
