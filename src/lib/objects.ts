/** Durable Objects by their names: an endpoint's and a source's is its id, the others' are made here. */

/**
 * Of one of the objects that hold a workspace's events.
 * @param stream its number; most workspaces have the first alone
 */
export const streamName = (workspaceId: number, stream: number): string =>
  stream === 0 ? `${workspaceId}` : `${workspaceId}/${stream}`;

/** What a stream's name says. */
export function streamNamed(name: string): { workspaceId: number; stream: number } {
  const [workspace, stream = "0"] = name.split("/");
  return { workspaceId: Number(workspace), stream: Number(stream) };
}

/** Of one of the objects that wait for answers in an endpoint's place. */
export const courierName = (endpoint: string, number: number): string => `${endpoint}/${number}`;

/** Of one of the objects that call endpoints in a stream's place. @param stream the name of the stream's object */
export const relayName = (stream: string, number: number): string => `${stream}/${number}`;

/**
 * What an object is called: the id of an endpoint or a source, the number of a workspace and of its stream.
 * @throws Error for an object that was addressed by an id that was made of text (`idFromString`): such an id has no name, and
 *   the call must not go on under none. By `getByName`, every object has one, in constructors and alarms, too.
 *   https://developers.cloudflare.com/durable-objects/api/id/#name
 */
export function nameOf({ id }: Pick<DurableObjectState, "id">): string {
  if (id.name === undefined || id.name === "") throw new Error(`The object ${id} was addressed without its name`);
  return id.name;
}

/**
 * Calls an object, and once more on a fresh stub (a stub that failed once may stay broken) if the platform says that
 * this may help. Only for calls that may happen twice.
 * @throws what the object throws
 */
export async function callWithRetry<Stub, Answer>(
  namespace: { getByName(name: string): Stub },
  name: string,
  call: (object: Stub) => Answer,
): Promise<Awaited<Answer>> {
  try {
    return await call(namespace.getByName(name));
  } catch (error) {
    if (!mayHelp(error)) throw error;
    return await call(namespace.getByName(name));
  }
}

/** https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
function mayHelp(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { retryable, overloaded } = error as Error & { retryable?: unknown; overloaded?: unknown };
  return retryable === true && overloaded !== true;
}

/**
 * Lets an object forget everything, and end: a moment after this has answered, calls find a new object; those that come within
 * it fail, as nothing is there any more. It may be repeated.
 * @param why for whoever calls the object while it ends
 * @throws what the storage throws: some of it may be left, and the call is to be repeated
 */
export async function emptied(ctx: DurableObjectState, why: string): Promise<void> {
  await ctx.storage.deleteAll();
  // abort() breaks the storage at once, and the answer with it, where what was written is not on disk yet.
  await ctx.storage.sync();
  // Memory describes rows that are gone. Later, so that this call still answers.
  ctx.waitUntil(scheduler.wait(0).then(() => ctx.abort(why)));
}
