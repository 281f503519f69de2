import { nonPublicKind } from "./addresses.ts";
import { type Lookup, lookUp } from "./lookup.ts";

/** Why a URL is not to be called. */
export type Refusal = {
  /**
   * `forbidden`: it leads where requests must not go. `unresolved`: DNS knows no address of its host. `unavailable`: DNS
   * could not be asked, which is no fault of the URL's and passes.
   */
  kind: "forbidden" | "unresolved" | "unavailable";
  /** A sentence for the user. */
  reason: string;
};

/** What DNS says against a name, and for how long it may be believed. */
export type Finding = {
  /** Null if every address is public. */
  refusal: Refusal | null;
  /** In milliseconds; 0 where the answer does not say. */
  ttlMs: number;
};

/** Judges a name by the addresses that a resolver has for it now. Never throws. */
export async function resolve(resolver: string, host: string): Promise<Finding> {
  const lookup = await lookUp(resolver, host);
  return { refusal: refusalOf(host, lookup), ttlMs: lookup.state === "found" ? lookup.ttlMs : 0 };
}

/** The addresses are not shown: where the resolver is one of a network's own, they are nobody else's business. */
function refusalOf(host: string, lookup: Lookup): Refusal | null {
  switch (lookup.state) {
    case "found": {
      const [kind] = lookup.addresses.flatMap((address) => nonPublicKind(address) ?? []);
      if (kind === undefined) return null;
      const where = `an address that is not reachable from the internet (${kind})`;
      return { kind: "forbidden", reason: `${host} resolves to ${where}; let it resolve to public ones alone.` };
    }
    case "nothing":
      return { kind: "unresolved", reason: `${host} has no address in DNS; check the spelling, or its DNS records.` };
    case "failed":
      return {
        kind: "unresolved",
        reason: `The name servers of ${host} do not answer properly (DNS: SERVFAIL or the like); check them, and their DNSSEC.`,
      };
    case "unavailable":
      return { kind: "unavailable", reason: `${host} could not be looked up in DNS just now; try again in a moment.` };
  }
}
