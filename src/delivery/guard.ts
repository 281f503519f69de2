/** Where Posthorn sends requests, and where it does not. */

const PRIVATE_SUFFIXES = [".localhost", ".internal", ".local", ".svc"];
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/**
 * Why a URL is refused as a target, as a sentence for the user; null if it is fine. The host is judged as `URL` writes it,
 * which turns octal, hexadecimal, shortened and full-width forms of an address into its plain one.
 * @param allowPrivate lifts everything but that it must be an http(s) URL: for development
 */
export function refuseTarget(text: string, { allowPrivate }: { allowPrivate: boolean }): string | null {
  const url = URL.parse(text);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return "This is not an https:// URL.";
  if (allowPrivate) return null;
  if (url.protocol !== "https:") return "Only https:// URLs are allowed.";
  if (url.username !== "" || url.password !== "") return "A URL must not carry a user name or password.";
  const host = url.hostname.replace(/\.+$/, "").toLowerCase();
  if (host.startsWith("[") || IPV4.test(host)) return "An IP address cannot be a target; use a host name.";
  if (host === "localhost" || PRIVATE_SUFFIXES.some((suffix) => host.endsWith(suffix))) {
    return `${host} is a private name; use one that is reachable from the internet.`;
  }
  if (!host.includes(".")) return "A host name needs at least one dot.";
  return null;
}
