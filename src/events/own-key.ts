import { joined } from "../lib/joined.ts";

/**
 * An idempotency key of the service's own, for what it publishes itself. Keys of publishers have no NUL in them, so that
 * nobody who may publish can take this one first, and with it the event's place.
 */
export const ownKey = (...parts: readonly [string, ...string[]]): string => `\0${joined(parts)}`;
