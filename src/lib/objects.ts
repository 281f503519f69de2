/** The binding's own type of stub: the classes are of rooms above this one. */
type Stub<Name extends "ENDPOINT" | "COURIER" | "EVENT_STREAM" | "RELAY" | "SOURCE"> = ReturnType<
  Env[Name]["getByName"]
>;

/** The object that holds an endpoint's deliveries. */
export function endpointObject(env: Env, id: string): Stub<"ENDPOINT"> {
  return env.ENDPOINT.getByName(id);
}

/** One of the objects that wait for answers in an endpoint's place. */
export function courierObject(env: Env, endpoint: string, number: number): Stub<"COURIER"> {
  return env.COURIER.getByName(`${endpoint}/${number}`);
}

/**
 * One of the objects that hold a workspace's events.
 * @param stream its number; most workspaces have the first alone
 */
export function streamObject(env: Env, workspaceId: number, stream: number): Stub<"EVENT_STREAM"> {
  return env.EVENT_STREAM.getByName(stream === 0 ? `${workspaceId}` : `${workspaceId}/${stream}`);
}

/** What a stream's name says. */
export function streamNamed(name: string): { workspaceId: number; stream: number } {
  const [workspace, stream = "0"] = name.split("/");
  return { workspaceId: Number(workspace), stream: Number(stream) };
}

/** One of the objects that call endpoints in a stream's place. @param stream the name of the stream's object */
export function relayObject(env: Env, stream: string, number: number): Stub<"RELAY"> {
  return env.RELAY.getByName(`${stream}/${number}`);
}

/** The object that holds a source's receipts. */
export function sourceObject(env: Env, id: string): Stub<"SOURCE"> {
  return env.SOURCE.getByName(id);
}

/**
 * What an object is called: the id of an endpoint or a source, the number of a workspace and of its stream.
 * @throws Error for an object that was addressed by an id that was made of text (`idFromString`): such an id has no name, and
 *   the call must not go on under none. By the functions above, every object has one, in constructors and alarms, too.
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
export async function ask<Of, Answer>(stub: () => Of, call: (stub: Of) => Answer): Promise<Awaited<Answer>> {
  try {
    return await call(stub());
  } catch (error) {
    if (!mayHelp(error)) throw error;
    return await call(stub());
  }
}

/** https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
function mayHelp(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { retryable, overloaded } = error as Error & { retryable?: unknown; overloaded?: unknown };
  return retryable === true && overloaded !== true;
}
