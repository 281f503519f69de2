import { settingsOf } from "../config/settings.ts";
import { refuseTarget } from "./guard.ts";
import { Names } from "./names.ts";
import { type Refusal, resolve } from "./resolve.ts";

/** Isolate-wide. */
const names = new Names();

/**
 * Why a URL is not to be stored, or to be called this once; null if it may. It must be a URL that leads out to the
 * internet, not be this deployment's own, and resolve to public addresses alone. DNS is asked anew.
 * @param servedAt the host that this request came to: it is the deployment's own, whatever the settings say
 */
export async function refuseUrl(env: Env, url: string, servedAt?: string): Promise<Refusal | null> {
  const { refusal, host, resolver } = evaluate(env, url, servedAt);
  if (refusal !== null || resolver === null) return refusal;
  return (await resolve(resolver, host)).refusal;
}

/**
 * The same for attempts, of which there may be many: what is returned is asked before each of them, and asks DNS only
 * when what the isolate remembers has run out.
 */
export function attemptsAt(env: Env, url: string): () => Promise<Refusal | null> {
  const { refusal, host, resolver } = evaluate(env, url);
  if (refusal !== null || resolver === null) return async () => refusal;
  return () => names.refusal(host, () => resolve(resolver, host));
}

type Evaluation = {
  refusal: Refusal | null;
  host: string;
  /** Where to ask for the host's addresses; null where nobody is to be asked. */
  resolver: string | null;
};

function evaluate(env: Env, url: string, servedAt?: string): Evaluation {
  const { ALLOW_PRIVATE_TARGETS, DNS_GUARD, DNS_RESOLVER, OWN_HOSTS, PUBLIC_ORIGIN } = settingsOf(env);
  const origin = URL.parse(PUBLIC_ORIGIN)?.hostname;
  const ownHosts = [...OWN_HOSTS, origin, servedAt].filter((host) => host !== undefined);
  const reason = refuseTarget(url, { allowPrivate: ALLOW_PRIVATE_TARGETS, ownHosts });
  return {
    refusal: reason === null ? null : { kind: "forbidden", reason },
    host: URL.parse(url)?.hostname ?? "",
    resolver: DNS_GUARD && !ALLOW_PRIVATE_TARGETS ? DNS_RESOLVER : null,
  };
}
