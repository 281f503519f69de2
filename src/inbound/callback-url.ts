/** What a source's callback URL is made of. */
export type CallbackAddress = {
  id: string;
  provider: string;
  /** Where the provider calls it, if that is not this service's own URL of it. */
  publicUrl: string | null;
};

/** No host of a deployment's: an address (as `URL` writes it), a name without a dot, or one below `localhost`. */
const LOCAL = /^\[|^\d+(\.\d+){3}$|^[^.]+$|\.localhost$/;

/**
 * The URL that a provider is given for a source, in a form that every provider signs the same way: https, a lower-case
 * host, no port, no trailing slash, no query. A public URL is returned as it is.
 * @param origin that this service was called at, such as `https://hooks.example.com`
 */
export function callbackUrlOf(origin: string, { id, provider, publicUrl }: CallbackAddress): string {
  if (publicUrl !== null) return publicUrl;
  const { protocol, hostname } = new URL(origin);
  // A local run has no certificate and listens on a port of its own: at https without the port nobody would be there.
  const base = protocol === "http:" && LOCAL.test(hostname) ? new URL(origin).origin : `https://${hostname}`;
  return `${base}/in/${provider}/${id}`;
}
