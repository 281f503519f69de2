import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { root } from "./wrangler.ts";

/*
 * Asks the registry what is known against the packages that the Worker runs with. Exits with 0 if that is nothing, or if the
 * registry does not offer to tell (it says so then, and nothing is proven); 1 if there is something; 2 if it could not be
 * asked.
 */

/** What `npm audit --json` says where the registry has answered. */
const Report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
  metadata: z.object({ dependencies: z.object({ prod: z.int() }) }),
});

/** The same where it has not: without a status there was no answer at all. */
const Failure = z.object({ message: z.string(), statusCode: z.int().optional() });

/** With what a registry answers that has no such service. */
const NOT_OFFERED = new Set([404, 405, 501]);

function evaluate(said: string): { status: 0 | 1 | 2; message: string } {
  const json = parse(said);
  const report = Report.safeParse(json);
  if (report.success) return found(report.data);
  const failure = Failure.safeParse(json);
  if (!failure.success)
    return { status: 2, message: `npm audit said nothing that could be read: ${said.slice(0, 500)}` };
  const { message, statusCode } = failure.data;
  if (statusCode !== undefined && NOT_OFFERED.has(statusCode)) {
    return { status: 0, message: `NOT AUDITED: this registry offers no audit (${message}). Nothing was looked up.` };
  }
  return { status: 2, message: `The registry could not be asked: ${message}` };
}

function found({ vulnerabilities, metadata }: z.infer<typeof Report>): { status: 0 | 1; message: string } {
  const all = Object.entries(vulnerabilities);
  if (all.length === 0) {
    return {
      status: 0,
      message: `Nothing is known against the ${metadata.dependencies.prod} packages that it runs with.`,
    };
  }
  const lines = all.map(([name, { severity, via }]) => {
    const reasons = via.map((each) => (typeof each === "string" ? `by way of ${each}` : `${each.title} (${each.url})`));
    return `${name}, ${severity}: ${reasons.join("; ")}`;
  });
  return { status: 1, message: `VULNERABLE:\n${lines.join("\n")}` };
}

function parse(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

const npm = spawn("npm", ["audit", "--omit=dev", "--json"], { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
const { status, message } = evaluate(await text(npm.stdout));
console.log(message);
process.exitCode = status;
