import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Request, Response } from "miniflare";
import { type Service, startService } from "../../src/local/service.ts";
import { builtDir } from "./build.ts";
import { editDatabase } from "./database.ts";

/*
 * The internet, played by the test: every request that leaves the service ends here, and so does what it asks DNS. With
 * that it runs by the rules of production, where nothing on this machine is a target.
 */

/** What a name has in DNS: addresses of either family, or aliases that lead to them. */
export type DnsRecord = { type: "A" | "AAAA" | "CNAME"; data: string; ttl?: number };

/** What DNS says of a name. `away`: the resolver itself does not answer. */
export type DnsAnswer = DnsRecord[] | "NXDOMAIN" | "SERVFAIL" | "away";

/** A request that left the service for anything but DNS. */
export interface Outgoing {
  method: string;
  url: string;
}

/** Answers a request. */
export type Site = (request: Outgoing) => Response;

/** A service that is alone with the test. */
export interface IsolatedService {
  readonly url: string;
  readonly adminToken: string;
  /** What DNS says of a name from now on; of a name that nothing was said of, that it has a public address. */
  resolves(host: string, answer: DnsAnswer): void;
  /** How a host answers from now on; one that nothing was said of answers 200. */
  serves(host: string, site: Site): void;
  /** How often DNS was asked for a name, so far; both families count as one. */
  lookups(host: string): number;
  /** What left for a host, or for any; the oldest first. */
  outgoing(host?: string): Outgoing[];
  /** Stops, lets the database be changed behind the service's back, and starts again. */
  restartAfter(edit: Parameters<typeof editDatabase>[1]): Promise<void>;
  stop(): Promise<void>;
}

/** Memory, where there is such a folder: every new object is a file, and hundreds of them wait long for a busy disk. */
const ROOM = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const RESOLVER = "dns.example";
const TYPES = { A: 1, CNAME: 5, AAAA: 28 };
const PUBLIC: DnsRecord[] = [{ type: "A", data: "192.0.43.8" }];

/** `application/dns-json`, as public resolvers write it. */
function dnsJson(answer: Exclude<DnsAnswer, "away">, name: string, asked: string | null): Response {
  if (answer === "NXDOMAIN") return Response.json({ Status: 3 });
  if (answer === "SERVFAIL") return Response.json({ Status: 2 });
  const Answer = answer
    .filter(({ type }) => type === asked || type === "CNAME")
    .map(({ type, data, ttl = 60 }) => ({ name, type: TYPES[type], TTL: ttl, data }));
  return Response.json({ Status: 0, TC: false, ...(Answer.length > 0 ? { Answer } : {}) });
}

/**
 * Starts a service, on a free port and with nothing stored, whose targets must be public.
 * @param vars text bindings beside those
 */
export async function startIsolatedService(vars: Record<string, string> = {}): Promise<IsolatedService> {
  const stateDir = mkdtempSync(join(ROOM, "posthorn-internet-"));
  const tidy = () => rmSync(stateDir, { recursive: true, force: true });
  process.once("exit", tidy);
  const names = new Map<string, DnsAnswer>();
  const sites = new Map<string, Site>();
  const lookups = new Map<string, number>();
  const outgoing: Outgoing[] = [];

  async function outbound({ method, url: href }: Request): Promise<Response> {
    const url = new URL(href);
    if (url.hostname !== RESOLVER) {
      const request = { method, url: href };
      outgoing.push(request);
      return sites.get(url.hostname)?.(request) ?? new Response("OK");
    }
    const name = url.searchParams.get("name") ?? "";
    const type = url.searchParams.get("type");
    if (type === "A") lookups.set(name, (lookups.get(name) ?? 0) + 1);
    const answer = names.get(name) ?? PUBLIC;
    return answer === "away" ? new Response("Bad gateway", { status: 502 }) : dnsJson(answer, name, type);
  }

  const start = (): Promise<Service> =>
    startService({
      port: 0,
      stateDir,
      vars: { DNS_RESOLVER: `https://${RESOLVER}/dns-query`, ...vars },
      scriptPath: join(builtDir, "index.js"),
      outbound,
      // What is shown there takes some thousand requests of the admin's.
      rateLimits: { TOKEN_REQUESTS: null, SOURCE_REQUESTS: null, FAILURES: null },
    });
  let service = await start();
  return {
    get url() {
      return service.url;
    },
    get adminToken() {
      return service.adminToken;
    },
    resolves: (host, answer) => void names.set(host, answer),
    serves: (host, site) => void sites.set(host, site),
    lookups: (host) => lookups.get(host) ?? 0,
    outgoing: (host) => outgoing.filter(({ url }) => host === undefined || new URL(url).hostname === host),
    async restartAfter(edit) {
      await service.stop();
      await editDatabase(stateDir, edit);
      service = await start();
    },
    async stop() {
      await service.stop();
      tidy();
    },
  };
}
