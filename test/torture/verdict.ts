import type { DeliveryRow } from "../support/workspace.ts";
import type { Arrived } from "./journal.ts";
import type { Hook } from "./tenant.ts";

/** What became of all that was accepted. */
export interface Verdict {
  accepted: number;
  /** Deliveries, by what became of them. */
  delivered: number;
  exhausted: number;
  /** Of those, the ones of which no request came as far as the receiver. */
  unheard: number;
  /** Those that waited for longer than they are kept, at the end of the run. */
  expired: number;
  /** Of the accepted events, those of workspaces that were deleted: they need not have arrived. */
  ofDeleted: number;
  /** Webhooks that were deleted, with their workspaces or alone. */
  deleted: number;
  /** Of deliveries that waited for a pause to end. */
  held: number;
  /** Requests for a delivery that had been answered with success before, by why. */
  duplicates: Map<string, number>;
  /** Requests that the log does not tell of, and attempts in the log that nobody saw. */
  unlogged: number;
  unseen: number;
  /** How long after the request each cut came that explains something, in milliseconds. */
  cutAfter: number[];
  /** What must never happen, in sentences. */
  lost: string[];
  wrong: string[];
}

/** What one webhook's receiver saw, by event, and what its log says, by delivery. */
export interface Story {
  hook: Hook;
  requests: ReadonlyMap<number, Arrived[]>;
  rows: ReadonlyMap<string, DeliveryRow>;
  /** The same by event. */
  byEvent: ReadonlyMap<string, DeliveryRow>;
}

export const saidYes = ({ status }: Arrived): boolean => status !== null && status >= 200 && status < 300;
