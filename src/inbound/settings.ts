import * as z from "zod";

/** Parts of what sources are configured with. */

/** A secret, or two while one is rotated out; as a list. */
export const rotating = <One extends z.ZodType>(one: One) =>
  z
    .union([one, z.array(one).min(1).max(2)])
    .transform((given): z.output<One>[] => (Array.isArray(given) ? given : [given as z.output<One>]));

/** A shared secret as text. An empty one would sign nothing, and the runtime refuses it as a key. */
export const Secret = z.string().min(1, "It must not be empty").max(4096);

/** How old, or how far ahead, a signed time may be, in seconds; 0 is as old as one likes. */
export const tolerance = (usual: number) => z.int().min(0).max(604_800).default(usual);

/** Whether a signed time, in unix seconds, is too far from now. */
export const isStale = (time: number, now: number, seconds: number): boolean =>
  seconds > 0 && !(Math.abs(now - time) <= seconds);
