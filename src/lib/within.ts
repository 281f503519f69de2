import { afterAwake } from "./deadline.ts";

/**
 * What comes of work, if that is within `ms` milliseconds ({@link afterAwake}); it goes on unheeded else.
 * @throws what the work throws; Error where it takes longer
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let done = () => {};
  const late = new Promise<never>((_, reject) => {
    done = afterAwake(ms, () => reject(new Error(`No answer within ${ms} ms`)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done();
  }
}
