import { and, count, eq, gt, inArray, isNull, lte, sql } from "drizzle-orm";
import { newPortalLinkId, type PortalLinkId } from "../lib/ids.ts";
import { sha256Hex } from "../lib/sha256.ts";
import type { Trail } from "./audit.ts";
import { auditedPortalLink } from "./audited.ts";
import { base64Url } from "./base64url.ts";
import { database } from "./db.ts";
import { reading } from "./failures.ts";
import { rowOf } from "./row.ts";
import { portalLinks, type Scope } from "./schema.ts";

/** What a link gives to who opens it. */
export type PortalLink = { id: string; workspaceId: number; scopes: Scope[]; sessionSeconds: number };

/** `phl_` and 32 random bytes in base64url. */
const FORM = /^phl_[A-Za-z0-9_-]{43}$/;

/** For so long after its end a link is still told from one that never was. */
const KEPT_MS = 86_400_000;

/** How many old ones go at once: more than come in, so that the table stays small. */
const BITE = 10;

/**
 * Makes a link unless the workspace has as many as it may, and lets some of the oldest go. `token` is the only time that
 * what stands in it is seen.
 * @param limit how many of a workspace there may be, those among them that were opened or have ended, while they are kept
 * @returns null where there are so many
 */
export async function insertPortalLink(
  env: Env,
  link: Omit<PortalLink, "id"> & { expiresAt: number },
  limit: number,
  now: number,
  trail: Trail,
): Promise<{ id: PortalLinkId; token: string } | null> {
  const token = `phl_${base64Url(crypto.getRandomValues(new Uint8Array(32)))}`;
  const row = { ...link, id: newPortalLinkId(now), hash: await sha256Hex(token), createdAt: now, usedAt: null };
  const db = database(env);
  // Ids begin with their time: the first ones are the oldest, and no pass over the table is needed.
  const oldest = db.select({ id: portalLinks.id }).from(portalLinks).orderBy(portalLinks.id).limit(BITE);
  const used = db.select({ n: count() }).from(portalLinks).where(eq(portalLinks.workspaceId, link.workspaceId));
  const [, [made]] = await db.batch([
    db.delete(portalLinks).where(and(inArray(portalLinks.id, oldest), lte(portalLinks.expiresAt, now - KEPT_MS))),
    db
      .insert(portalLinks)
      .select(sql`SELECT ${rowOf(portalLinks, row)} WHERE (${used}) < ${limit}`)
      .returning({ id: portalLinks.id }),
    trail.created(env, "portal_link.created", auditedPortalLink, eq(portalLinks.id, row.id)),
  ]);
  return made ? { id: row.id, token } : null;
}

/** Why a link does not open; `used` with its id, by which who has used it is known. */
export type Closed = { closed: "used"; id: string } | { closed: "expired" } | { closed: "unknown" };

/** Opens a link, once: of two who try at the same time, one gets it. */
export async function openPortalLink(env: Env, token: string, now: number): Promise<PortalLink | Closed> {
  if (!FORM.test(token)) return { closed: "unknown" };
  const hash = await sha256Hex(token);
  const db = database(env);
  const [opened] = await db
    .update(portalLinks)
    .set({ usedAt: now })
    .where(and(eq(portalLinks.hash, hash), isNull(portalLinks.usedAt), gt(portalLinks.expiresAt, now)))
    .returning({
      id: portalLinks.id,
      workspaceId: portalLinks.workspaceId,
      scopes: portalLinks.scopes,
      sessionSeconds: portalLinks.sessionSeconds,
    });
  if (opened) return opened;
  const { id, usedAt } = portalLinks;
  const known = await reading(() =>
    db.select({ id, usedAt }).from(portalLinks).where(eq(portalLinks.hash, hash)).get(),
  );
  if (!known) return { closed: "unknown" };
  return known.usedAt === null ? { closed: "expired" } : { closed: "used", id: known.id };
}
