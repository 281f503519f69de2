import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Target } from "../client.ts";
import { EVENT, eventData } from "../payload.ts";

/**
 * Another HTTP sender that is measured beside the service: where it takes events, and how to make a tenant and an endpoint of it.
 * An adapter is a JSON file of addresses and templates; nothing of the sender itself is started or changed.
 */

const template: z.ZodType<unknown> = z.unknown();

/** In strings `${name}` stands for what is known by that name: `receiver`, `n`, `run`, `event`, the environment, and what was kept. */
const adapter = z.strictObject({
  name: z.string().min(1),
  /** How it is to be set up for a comparison, and where its documentation says so. */
  settings: z.string().min(1),
  /** Where it listens. */
  url: z.string().min(1),
  /** Of each request to it. */
  headers: z.record(z.string(), z.string()),
  /** Requests that make a tenant with one endpoint, one after another. */
  setup: z.array(
    z.strictObject({
      method: z.enum(["POST", "PUT"]),
      path: z.string(),
      body: template,
      /** Fields of the answer, by dots, that are known by a name from then on. */
      keep: z.record(z.string(), z.string()).default({}),
    }),
  ),
  /** One event: `${data}` alone is its data, `${text}` its data as text, `${uuid}` and `${time}` are its own. */
  publish: z.strictObject({ path: z.string(), body: template }),
});

export type Adapter = z.infer<typeof adapter>;

/** @throws Error that says what is wrong with the file */
export function readAdapter(file: string): Adapter {
  const read = adapter.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
  return read.data;
}

type Known = ReadonlyMap<string, string>;

/** @throws Error where something is not known */
function filled(text: string, known: Known): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = known.get(name) ?? process.env[name];
    if (value === undefined) throw new Error(`${name} is not known: set it in the environment`);
    return value;
  });
}

/** The same of all strings within. */
function filledAll(value: unknown, known: Known): unknown {
  if (typeof value === "string") return filled(value, known);
  if (Array.isArray(value)) return value.map((each) => filledAll(each, known));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filledAll(each, known)]));
}

function fieldOf(answer: unknown, path: string): string {
  const found = path.split(".").reduce<unknown>((value, name) => Object(value)[name], answer);
  if (typeof found !== "string" && typeof found !== "number") throw new Error(`The answer has no ${path}`);
  return String(found);
}

/** What stands for what is each event's own, until it is published. */
const OWN = new Map(["data", "text", "uuid", "time"].map((name) => [name, `<<${name}>>`]));

/**
 * Makes tenants with one endpoint each, all of them at the receiver.
 * @returns where to publish
 */
export async function preparePeer(adapter: Adapter, receiver: string, tenants: number): Promise<Target[]> {
  const targets: Target[] = [];
  const run = Date.now().toString(36);
  for (let n = 1; n <= tenants; n++) {
    const known = new Map([...OWN, ["receiver", receiver], ["n", String(n)], ["run", run], ["event", EVENT]]);
    const url = filled(adapter.url, known);
    const headers = { ...(filledAll(adapter.headers, known) as Record<string, string>) };
    for (const { method, path, body, keep } of adapter.setup) {
      const to = url + filled(path, known);
      const response = await fetch(to, {
        method,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(filledAll(body, known)),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${adapter.name}: ${method} ${to} was answered ${response.status}: ${text}`);
      for (const [name, field] of Object.entries(keep)) known.set(name, fieldOf(JSON.parse(text), field));
    }
    const body = JSON.stringify(filledAll(adapter.publish.body, known));
    targets.push({ url: url + filled(adapter.publish.path, known), headers, template: body });
  }
  return targets;
}

/** The body of a publish of one event. @param template as {@link preparePeer} has made it */
export function fill(template: string, number: number): Buffer {
  const data = JSON.stringify(eventData(number));
  const own: Record<string, () => string> = {
    data: () => data,
    text: () => JSON.stringify(data),
    uuid: () => JSON.stringify(randomUUID()),
    time: () => JSON.stringify(new Date().toISOString()),
  };
  return Buffer.from(template.replace(/"<<(\w+)>>"/g, (all, name: string) => own[name]?.() ?? all));
}
