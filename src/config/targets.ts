import * as z from "zod";

const HERE = ["127.0.0.1", "[::1]", "localhost"];

/** The variable `DNS_RESOLVER`: where names are looked up. What answers there decides where requests may go. */
export const DnsResolver = z
  .string()
  .default("")
  .transform((text) => text.trim() || "https://cloudflare-dns.com/dns-query")
  .refine((text) => {
    const url = URL.parse(text);
    return url?.protocol === "https:" || (url?.protocol === "http:" && HERE.includes(url.hostname));
  }, "DNS_RESOLVER must be an https:// URL, such as https://dns.google/resolve");

/** The variable `OWN_HOSTS`: host names of this deployment, separated by commas. Read as `URL` writes them. */
export const OwnHosts = z
  .string()
  .default("")
  .transform((text, context) => {
    const names = text.split(",").map((name) => name.trim());
    return names
      .filter((name) => name !== "")
      .map((name) => {
        const host = URL.parse(`https://${name}`);
        if (host?.href === `https://${host?.hostname}/`) return host.hostname;
        context.addIssue({
          code: "custom",
          message: `OWN_HOSTS must be host names, separated by commas: ${name} is none`,
        });
        return z.NEVER;
      });
  });
