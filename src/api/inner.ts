import type { Caller } from "../config/authenticate.ts";

/**
 * Requests that the Worker makes to its own API, and for whom. A request is known here by being that very object, so
 * nothing that comes over the wire can be among them.
 */
const callers = new WeakMap<Request, Caller>();

/** The request, to be handled as this caller's; its `Authorization`, if any, is not looked at. */
export function inTheNameOf(caller: Caller, request: Request): Request {
  callers.set(request, caller);
  return request;
}

/** Whom an inner request is for; undefined for one that came from outside. */
export const innerCaller = (request: Request): Caller | undefined => callers.get(request);
