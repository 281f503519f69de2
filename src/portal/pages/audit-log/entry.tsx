import type * as z from "zod";
import type { AuditEntry } from "../../../api/audit/representation.ts";
import { MASK } from "../../../lib/mask-header.ts";
import { type Change, changesOf, pageOf, wordsFor } from "./words.ts";

export type Entry = z.infer<typeof AuditEntry>;

/** So many changed fields are shown at once; more, and all that something was made with, are behind a click. */
const AT_ONCE = 3;

/** The page's address with one filter more, from its first page. */
type Narrowed = (name: "actor" | "record", value: string) => string;

/** What was done, to what. */
export const What = ({ entry, narrowed }: { entry: Entry; narrowed: Narrowed }) => (
  <>
    <p>
      {wordsFor(entry.action)} <Target entry={entry} narrowed={narrowed} />
    </p>
    <Changes entry={entry} />
  </>
);

/** Who did it; a click shows what else he did. */
export function Actor({ actor, narrowed }: { actor: Entry["actor"]; narrowed: Narrowed }) {
  if (actor.type === "admin") return <a href={narrowed("actor", "admin")}>Admin</a>;
  if (actor.type === "service") return <a href={narrowed("actor", "service")}>Posthorn itself</a>;
  const name = actor.type === "portal_link" ? "Portal link" : (actor.name ?? "Token");
  return (
    <>
      <a class="clip" href={narrowed("actor", actor.id ?? "")} title={`${name}, ${actor.id}`}>
        {name}
      </a>
      <span class="small quiet">{actor.type === "portal_link" ? "by a link" : "token"}</span>
    </>
  );
}

/** What was changed: its page if it has one, and else what else was done to it. */
function Target({ entry, narrowed }: { entry: Entry; narrowed: Narrowed }) {
  const { record, before, after, workspace_id } = entry;
  if (record === null || record === String(workspace_id)) return null;
  const names = [after?.name, before?.name, after?.url, before?.url];
  const name = names.find((each) => typeof each === "string" && each !== "");
  return (
    <>
      {typeof name === "string" && <b class="break">{name} </b>}
      <a class="break" href={pageOf(entry) ?? narrowed("record", record)}>
        <code>{record}</code>
      </a>
    </>
  );
}

function Changes({ entry }: { entry: Entry }) {
  const changes = changesOf(entry);
  if (changes.length === 0) {
    return entry.action.endsWith(".updated") ? <p class="small quiet">It was set to what it was already.</p> : null;
  }
  const isChange = entry.before !== null && entry.after !== null;
  const diff = <Diff changes={changes} isChange={isChange} />;
  if (isChange && changes.length <= AT_ONCE) return diff;
  return (
    <details class="more">
      <summary class="small">{changes.length === 1 ? "1 field" : `${changes.length} fields`}</summary>
      {diff}
    </details>
  );
}

function Diff({ changes, isChange }: { changes: readonly Change[]; isChange: boolean }) {
  return (
    <dl class="diff">
      {changes.map(({ field, before, after }) => (
        <div class="change">
          <dt>{field.replaceAll("_", " ")}</dt>
          <dd>{isChange ? <BeforeAndAfter before={before} after={after} /> : (after ?? before)}</dd>
        </div>
      ))}
    </dl>
  );
}

function BeforeAndAfter({ before, after }: Pick<Change, "before" | "after">) {
  // Of a secret it is told that somebody set it, and nothing that could be compared.
  if (before === MASK && after === MASK) return <ins>set anew</ins>;
  const nothing = <span class="quiet">nothing</span>;
  return (
    <>
      {before === null ? nothing : <del>{before}</del>}
      <span aria-hidden="true"> → </span>
      <span class="visually-hidden"> became </span>
      {after === null ? nothing : <ins>{after}</ins>}
    </>
  );
}

/** From where, as far as whoever looks may know. */
export function From({ entry }: { entry: Entry }) {
  const { ip, country, user_agent, request_id } = entry;
  if (ip === null && user_agent === null) return <span class="quiet">–</span>;
  return (
    <span title={request_id ? `Request ${request_id}` : undefined}>
      {ip !== null && (
        <span class="nowrap">
          {ip}
          {country && ` · ${country}`}
        </span>
      )}
      {user_agent !== null && (
        <span class="small quiet clip agent" title={user_agent}>
          {user_agent}
        </span>
      )}
    </span>
  );
}
