/** Any origin does: only what comes behind it counts. */
const HERE = "http://portal.invalid";

/** Longer than any address of ours, and than what somebody may have us send back in a header, in characters. */
const LONGEST = 2000;

/** Words between slashes: nothing that needs to be escaped, so that nobody can read it in another way. */
const PAGE = /^\/portal(\/[A-Za-z0-9_.~-]+)*\/?$/;

/**
 * The page of ours that an address names, to go on to: never one that somebody else has put into a link, and nothing
 * outside the portal. It is resolved as browsers do (https://url.spec.whatwg.org/), dots, `%2e` and backslashes
 * included, and answered as what came of that; what is none is the start.
 */
export function backOf(address: string | undefined): string {
  if (address === undefined || address.length > LONGEST || !address.startsWith("/")) return "/portal";
  const url = URL.parse(address, HERE);
  return url?.origin === HERE && PAGE.test(url.pathname) ? url.pathname + url.search : "/portal";
}
