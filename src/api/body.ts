import { ApiError } from "./problem.ts";

/** What most bodies may measure, in bytes. */
export const ORDINARY_LIMIT = 64 * 1024;

/** A body as it came, and what it says. */
export type Json = { text: string; value: unknown };

const JSON_TYPE = /^application\/([A-Za-z0-9!#$&^_.+-]+\+)?json\s*(;|$)/i;

/**
 * Reads a JSON body once; one that comes without a Content-Length is counted as it comes.
 * Undefined if there is none.
 * @param limit in bytes
 * @throws ApiError payload_too_large, unsupported_media_type, malformed_json
 */
export async function readJson(request: Request, limit: number): Promise<Json | undefined> {
  const bytes = await readBytes(request, limit);
  if (bytes.length === 0) return undefined;
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "")) {
    throw new ApiError("unsupported_media_type", "Send the body with Content-Type: application/json.");
  }
  return parse(bytes);
}

/**
 * Reads a body once; one that comes without a Content-Length is counted as it comes.
 * @param limit in bytes
 * @throws ApiError payload_too_large
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = request.headers.get("content-length");
  if (Number(announced) > limit) {
    await drain(request);
    throw tooLarge(limit);
  }
  // The runtime sees to it that no more than the announced bytes come.
  if (announced !== null) return new Uint8Array(await request.arrayBuffer());
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return join(chunks, size);
}

/** In bytes and milliseconds. */
const DRAIN_LIMIT = 16 * 1024 * 1024;
const DRAIN_MS = 1000;

/**
 * Takes off a client's hands what it is still sending, within reason: many read no answer before that, and find their
 * connection closed instead.
 */
async function drain(request: Request): Promise<void> {
  const reader = request.body?.getReader();
  if (!reader) return;
  const late = scheduler.wait(DRAIN_MS).then(() => ({ done: true as const, value: undefined }));
  for (let size = 0; size <= DRAIN_LIMIT; ) {
    const { done, value } = await Promise.race([reader.read(), late]);
    if (done) break;
    size += value?.length ?? 0;
  }
  reader.cancel().catch(() => {});
}

function join(chunks: readonly Uint8Array<ArrayBuffer>[], size: number): Uint8Array<ArrayBuffer> {
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function parse(bytes: Uint8Array): Json {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch {
    throw new ApiError("malformed_json", "The body must be JSON in UTF-8.");
  }
}

const tooLarge = (limit: number): ApiError =>
  new ApiError("payload_too_large", `The body may have at most ${limit} bytes.`);
