import { expect, inject } from "vitest";
import { REJECTIONS } from "../../src/inbound/provider.ts";
import type { Case } from "./protocol.ts";

/** A callback as tests write it. */
export interface Callback {
  /** POST unless told. */
  method?: string;
  url?: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
}

/** The source that a callback comes to, and whose callback it is. */
export interface Receiver {
  provider: string;
  credentials: unknown;
  options?: unknown;
  now?: number;
  certificates?: Readonly<Record<string, string>>;
}

/** The time of all tests, in unix seconds. */
export const NOW = 1_767_225_600;
export const CALLBACK_URL = "https://hooks.example.com/in/p/0123456789abcdef";

/** A source was given its callback's URL without the query. */
export function caseOf(
  { provider, credentials, options = {}, now = NOW, certificates = {} }: Receiver,
  { method = "POST", url = CALLBACK_URL, headers, body = "" }: Callback,
): Case {
  return {
    provider,
    request: { method, url, headers, body: Buffer.from(body).toString("base64") },
    source: { credentials, options, callbackUrl: url.replace(/[?#].*$/s, "") },
    now,
    certificates,
  };
}

async function verdictsOf(cases: readonly Case[]): Promise<string[]> {
  const response = await fetch(inject("verifier"), { method: "POST", body: JSON.stringify(cases) });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as string[];
}

export async function expectVerified(...cases: readonly Case[]): Promise<void> {
  expect(await verdictsOf(cases)).toEqual(cases.map(() => "verified"));
}

/** Each is refused, for one of the reasons that there are. Each is named, so that a failure tells which was not. */
export async function expectRefused(cases: ReadonlyMap<string, Case>): Promise<void> {
  expect(cases.size).toBeGreaterThan(0);
  const verdicts = await verdictsOf([...cases.values()]);
  const believed = [...cases.keys()].flatMap((name, index) => {
    const verdict = verdicts[index] ?? "no verdict";
    return (REJECTIONS as readonly string[]).includes(verdict) ? [] : [`${name}: ${verdict}`];
  });
  expect(believed).toEqual([]);
}
