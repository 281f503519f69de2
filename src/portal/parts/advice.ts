import type { AttemptError } from "../../delivery/contract.ts";

/** What to do about an attempt that failed: the first thing to look at. */
export function adviceFor({ status, error }: { status: number | null; error: AttemptError | null }): string | null {
  if (error === null) return null;
  if (error === "status" && status !== null) return forStatus(status);
  return FOR_ERRORS[error] ?? null;
}

const FOR_ERRORS: Partial<Record<AttemptError, string>> = {
  timeout: "Let your receiver answer 2xx first and do its work afterwards, or raise the timeout in the settings.",
  dns: "Check the spelling of the host, and that its DNS record is published.",
  tls: "Check that the certificate is valid, covers this host, and comes with its intermediate certificates.",
  connection_refused: "Check that your receiver runs, and that the port is the one it listens at.",
  connection_reset: "Look for a crash or a restart of your receiver, or a proxy before it that gives up early.",
  redirect: "Set the URL to where the redirect leads. Often it is https in place of http, or a slash at the end.",
  blocked: "Set a URL whose host is reachable from the public internet.",
  too_large: "Publish a smaller event: send a reference instead of the whole content.",
};

const FOR_STATUS: Readonly<Record<number, string>> = {
  400: "Your receiver did not accept the body: compare the request as sent with what it expects.",
  401: "Your receiver asks for credentials, or took the signature for a wrong one: check the secret it verifies with.",
  403: "Your receiver or a firewall before it refused: check the secret it verifies with, and its rules.",
  404: "There is nothing at this path: check the URL, and that the route is deployed.",
  405: "The route does not take POST: webhooks are sent with POST.",
  408: "Your receiver waited for the request for too long: look at the proxy before it.",
  410: "Your receiver says that this address is gone for good: set the new one.",
  413: "The body is more than your receiver takes: raise its limit.",
  415: "The route does not take application/json: webhooks are sent as JSON.",
  422: "Your receiver did not accept the body: compare the request as sent with what it expects.",
  429: "Your receiver asks for fewer requests. A Retry-After of its is honoured; raise its limit if it can do more.",
  502: "The proxy before your receiver did not reach it: check that it runs.",
  503: "Your receiver or the proxy before it is not ready to answer: check that it runs and is not overloaded.",
  504: "The proxy before your receiver gave up waiting: answer first and do the work afterwards.",
};

function forStatus(status: number): string {
  const known = FOR_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 500) return "Your receiver failed while it handled this: look into its log at that time.";
  return "Let your receiver answer 2xx once it has the event.";
}
