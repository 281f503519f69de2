import type { Received } from "../support/receiver.ts";

/** Prints the story so that a person can follow it, and keeps count of the promises that were not kept. */

const started = performance.now();
let broken = 0;

const bold = (text: string): string => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);

export function chapter(title: string): void {
  console.log(`\n${bold(title)}`);
}

export function say(text: string): void {
  console.log(text.replaceAll(/^/gm, "  "));
}

/** A promise of the documentation, checked. */
export function promise(text: string, kept: boolean, found?: unknown): void {
  say(`${kept ? "✓" : "✗"} ${text}${kept || found === undefined ? "" : `: found ${JSON.stringify(found)}`}`);
  if (!kept) broken++;
}

/** Headers that the HTTP client adds are left out. */
const OURS = /^(content-type|user-agent|x-|webhook-)/;

export function request(who: string, received: Received, verdict: string): void {
  say(`→ ${who}: ${received.method} ${received.path}`);
  for (const [name, value] of Object.entries(received.headers)) if (OURS.test(name)) say(`    ${name}: ${value}`);
  say(`    ${received.body}`);
  say(`    ${verdict}`);
}

export function table(rows: Record<string, unknown>[]): void {
  const [first] = rows;
  if (!first) return;
  const names = Object.keys(first);
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? "–")))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines)
    say(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

/** Says how it went; the process's exit code follows it. */
export function end(): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `\n${bold(broken === 0 ? "Everything was as promised" : `${broken} promise(s) broken`)}, in ${seconds} s.`,
  );
  if (broken > 0) process.exitCode = 1;
}
