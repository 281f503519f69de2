import { z } from "zod";

/**
 * What travels through a queue: which parcel of which endpoint, and which release of it. No payload: the consumer gets
 * that when it claims the parcel, so a message is always one billed unit, an event may be of any size, and a message that
 * has outlived its release is worthless.
 */
export const Message = z.object({
  endpoint: z.string().startsWith("wh_"),
  seq: z.number().int().positive(),
  release: z.number().int().positive(),
});
export type Message = z.infer<typeof Message>;

/** What a consumer gets for a message. */
export type Claimed =
  | {
      state: "go";
      /** Of the endpoint's configuration. */
      version: number;
      endpointNumber: number;
      family: number;
      /** One after another, in this order. */
      ordered: boolean;
      /** The deliveries' numbers in the family, in the order of `events`. */
      indices: number[];
      /** JSON array of stored events. */
      events: string;
    }
  /** Settled, released anew, or held: the message is done with. */
  | { state: "stale" }
  /** Another consumer has it: the message comes back later, in case that one fails. */
  | { state: "busy" };
