import { providers } from "../../src/inbound/providers/index.ts";
import type { OwnCase } from "./provider-callbacks.ts";

export type Case = OwnCase & { provider: string };

/** What all providers send that come over HTTP and whose proof needs nobody else, in the registry's order. */
export const CASES: readonly Case[] = (await Promise.all(Object.keys(providers).map(casesOf))).flat();

async function casesOf(provider: string): Promise<Case[]> {
  const { cases }: { cases: readonly OwnCase[] } = await import(`../../src/inbound/providers/${provider}/cases.ts`);
  return cases.map((each) => ({ ...each, provider }));
}
