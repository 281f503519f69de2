import { bytesAtMost, joined } from "../lib/bounded-body.ts";
import { nestsDeeper } from "../lib/json-text.ts";
import { ApiError, invalidField } from "./problem.ts";

/** What a body may measure. */
export type BodyLimits = {
  /** In bytes. */
  size: number;
  /** In levels of objects and arrays. */
  depth: number;
};

/** For most bodies. */
export const ORDINARY_LIMITS: BodyLimits = { size: 64 * 1024, depth: 64 };

/** A body as it came, and what it says. */
export type Json = { text: string; value: unknown };

const JSON_TYPE = /^application\/([A-Za-z0-9!#$&^_.+-]+\+)?json\s*(;|$)/i;

/**
 * Reads a JSON body once; see {@link readBytes}.
 * Undefined if there is none.
 * @throws ApiError payload_too_large, unsupported_media_type, malformed_json; invalid_request for one that nests too deep
 */
export async function readJson(request: Request, { size, depth }: BodyLimits): Promise<Json | undefined> {
  const bytes = await readBytes(request, size);
  if (bytes.length === 0) return undefined;
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "")) {
    throw new ApiError("unsupported_media_type", "Send the body with Content-Type: application/json.");
  }
  // Nothing unpacks it on the way: what a few bytes may grow to would be anybody's choice.
  if (!/^(identity)?$/i.test(request.headers.get("content-encoding") ?? "")) {
    const headers = { "Accept-Encoding": "identity" };
    throw new ApiError("unsupported_media_type", "Send the body without a Content-Encoding.", { headers });
  }
  return parse(bytes, depth);
}

/**
 * Reads a body once. It is counted as it comes, whatever length was announced: beside chunks that means nothing. Ours, as
 * Hono's `bodyLimit` believes an announced length, drains nothing, and copies what came in chunks into another request.
 * @param limit in bytes
 * @throws ApiError payload_too_large
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const header = request.headers.get("content-length") ?? "";
  const announced = /^\d+$/.test(header) ? Number(header) : null;
  if (announced !== null && announced > limit) {
    await drain(request);
    throw tooLarge(limit);
  }
  const { body } = request;
  if (!body) return new Uint8Array();
  const atOneGo = announced !== null && announced <= AT_ONE_GO;
  return atOneGo ? bytesAnnounced(body, announced, limit) : bytesAtMost(body, limit, () => tooLarge(limit));
}

/** In bytes: what is larger takes more memory that way than in chunks. */
const AT_ONE_GO = 64 * 1024;

/** At one go, mostly: as much as was announced, and one byte more, which shows that it was the whole. */
async function bytesAnnounced(
  body: ReadableStream,
  announced: number,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader({ mode: "byob" });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let room = announced + 1; ; room = limit + 1 - size) {
    const { value } = await reader.readAtLeast(room, new Uint8Array(room));
    if (value) chunks.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    size += value?.length ?? 0;
    if (size > limit) {
      reader.cancel().catch(() => {});
      throw tooLarge(limit);
    }
    if (!value || value.length < room) return joined(chunks, size);
  }
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

function parse(bytes: Uint8Array, depth: number): Json {
  const text = attempt(() => new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  // Before it is parsed: whatever walks the value later may do so by recursion.
  if (nestsDeeper(text, depth)) throw invalidField("", `JSON may nest ${depth} levels deep here, and no deeper`);
  return { text, value: attempt(() => JSON.parse(text)) };
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new ApiError("malformed_json", "The body must be JSON in UTF-8.");
  }
}

const tooLarge = (limit: number): ApiError =>
  new ApiError("payload_too_large", `The body may have at most ${limit} bytes.`);
