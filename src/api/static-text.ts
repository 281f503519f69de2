import { base64Url, sha256, utf8 } from "../lib/bytes.ts";

type Made = { plain: Uint8Array<ArrayBuffer>; packed: Uint8Array<ArrayBuffer>; headers: Record<string, string> };

/**
 * A text that is the same for everybody until the next deployment. It is made, packed and given its tag once an isolate,
 * so that who asks for it over and over, as anybody may, costs next to nothing.
 */
export class StaticText {
  readonly #make: () => string | Promise<string>;
  readonly #headers: Readonly<Record<string, string>>;
  #made: Made | undefined;

  /**
   * @param headers of the answer, `Cache-Control` among them. Those that are left out are any other answer's; a page names
   *   its `Content-Security-Policy`, for a 304 has no type by which it would be told from what is no page
   */
  constructor(
    headers: Readonly<Record<string, string>> & { "Cache-Control": string },
    make: () => string | Promise<string>,
  ) {
    this.#headers = headers;
    this.#make = make;
  }

  /** @param header the request's, by its name */
  async answer(header: (name: string) => string | undefined): Promise<Response> {
    // Only what is done is kept: an isolate must not wait for what another request has begun.
    this.#made ??= await this.#prepare();
    const { plain, packed, headers } = this.#made;
    if (isKnown(header("If-None-Match"), headers.ETag ?? "")) {
      const { "Content-Type": _, ...others } = headers;
      return new Response(null, { status: 304, headers: others });
    }
    if (!takesGzip(header("Accept-Encoding"))) return new Response(plain, { headers });
    return new Response(packed, { headers: { ...headers, "Content-Encoding": "gzip" }, encodeBody: "manual" });
  }

  async #prepare(): Promise<Made> {
    const text = await this.#make();
    const plain = utf8(text);
    const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
    const packed = new Uint8Array(await new Response(stream).arrayBuffer());
    const tag = base64Url(sha256(text).subarray(0, 12));
    // A weak one: packed and not, it is the same (RFC 9110, 8.8.1).
    const Vary = [this.#headers.Vary ?? [], "Accept-Encoding"].flat().join(", ");
    return { plain, packed, headers: { ...this.#headers, ETag: `W/"${tag}"`, Vary } };
  }
}

/** By the weak comparison that `If-None-Match` has (RFC 9110, 13.1.2). A tag of ours holds no comma. */
function isKnown(wanted: string | undefined, tag: string): boolean {
  const opaque = (each: string) => each.trim().replace(/^W\//, "");
  return wanted?.split(",").some((each) => each.trim() === "*" || opaque(each) === opaque(tag)) ?? false;
}

/** Whether gzip is named, and not with a weight of nothing (RFC 9110, 12.5.3). */
function takesGzip(accepted: string | undefined): boolean {
  const gzip = accepted?.split(",").find((each) => /^\s*gzip\s*(;|$)/i.test(each));
  return gzip !== undefined && !/;\s*q=0(\.0{0,3})?\s*$/i.test(gzip);
}
