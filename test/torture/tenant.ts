import type { Callback } from "./providers.ts";

/** What a workspace, a webhook and a source are to the harness. */

/** A webhook. */
export interface Hook {
  id: string;
  /** Where its receiver is, by which the journal knows it. */
  path: string;
  /** When its creation was answered, in milliseconds since 1970: from then on all is for it. */
  madeAt: number;
  tenant: Tenant;
  /** Whether it is there to the end, so that all that was accepted is looked for. */
  stays: boolean;
  /** The types that it has subscribed to. */
  events: readonly string[];
}

/** Where a provider calls back. */
export interface Source {
  id: string;
  /** Below the service's address. */
  path: string;
  callback: Callback;
  /** What it becomes. */
  event: string;
}

export interface Tenant {
  id: number;
  hooks: Hook[];
  sources: Source[];
  /** Whether all its events go through one stream, so that their order is known. */
  inOrder: boolean;
  /** Over so many its events are spread. */
  streams: number;
  /** Set when it is about to be deleted: its publishers stop. */
  ending: boolean;
  /** Whether it is there to the end. */
  stays: boolean;
}

/** Over so many streams a workspace's events are spread at most. */
export const STREAMS = 4;

/** What the objects that hold a workspace's events are called, or were at some time. */
export const streamNames = (id: number): string[] =>
  Array.from({ length: STREAMS }, (_, number) => (number === 0 ? `${id}` : `${id}/${number}`));
