import { draw } from "./control.ts";
import type { Kind } from "./figures.ts";
import { pause } from "./life.ts";

/** Does the work after half of the time that the way there and back takes, and answers after the other half. */
export async function travelling<T>(kind: Kind, work: () => Promise<T>): Promise<T> {
  const half = draw(kind) / 2;
  if (half > 0) await pause(half);
  try {
    return await work();
  } finally {
    if (half > 0) await pause(half);
  }
}
