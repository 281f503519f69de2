import type { Child } from "hono/jsx";
import type * as z from "zod";
import { AuditEntry } from "../../../api/audit/representation.ts";
import { MASK } from "../../../lib/mask-header.ts";
import { Page } from "../../frame.tsx";
import { addressWith, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { type PageRoute, page } from "../../page-route.ts";
import { LinkButton, Quiet } from "../../parts/card.tsx";
import { type FieldData, Filters, isFiltered, zoned } from "../../parts/fields.tsx";
import { ErrorSummary } from "../../parts/form.tsx";
import { DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { ACTION_GROUPS, type Change, changesOf, pageOf, wordsFor } from "./words.ts";

/** What the list can be narrowed by, as its address has it. */
const FILTERS = ["action", "actor", "record", "from", "to", "workspace"] as const;

const ofWorkspace = page({ path: "/portal/{workspace}/audit-log", scope: "manage" }, (context) =>
  auditLog(context, {
    path: "/audit-log",
    lead: "Who changed what in this workspace, the newest first. Secrets are never in it.",
  }),
);

const ofAll = page({ path: "/portal/audit-log", scope: "admin" }, (context) =>
  auditLog(context, {
    path: "/api/v1/audit-log",
    lead: "Who changed what in all workspaces, deleted ones included, the newest first.",
    whole: true,
  }),
);

export const auditLogPages: readonly PageRoute[] = [ofWorkspace, ofAll];

/** @param whole whether it is the list of all workspaces */
async function auditLog(
  context: PageContext,
  { path, lead, whole = false }: { path: string; lead: string; whole?: boolean },
) {
  const of = whole ? { workspace_id: queryParam(context, "workspace") } : {};
  const { rows, next, problem } = await context.api.search(path, AuditEntry, { ...queryOf(context), ...of });
  const narrowed = (name: (typeof FILTERS)[number], value: string): string =>
    addressWith(context, { [name]: value, cursor: null });
  return (
    <Page title="Audit log" lead={lead}>
      <ErrorSummary problem={problem} />
      <div class="card">
        <search class="card-head">
          <Filters class="filters" of={fieldsOf(context, whole)} clear="Show all" />
        </search>
        {rows.length === 0 ? (
          <Nothing />
        ) : (
          <DataTable
            label="Audit log"
            rows={rows}
            row={({ id }) => ({ id })}
            columns={[
              { head: "When", cell: ({ at }) => <Ago at={at} /> },
              { head: "Who", td: "who", cell: ({ actor }) => <Actor actor={actor} narrowed={narrowed} /> },
              { head: "What", td: "main what", cell: (entry) => <What entry={entry} narrowed={narrowed} /> },
              whole && {
                head: "Workspace",
                class: "num",
                cell: ({ workspace_id: id }: Entry) =>
                  id === null ? <Quiet /> : <a href={narrowed("workspace", String(id))}>{id}</a>,
              },
              { head: "From", class: "wide-only", cell: (entry) => <From entry={entry} /> },
            ]}
          />
        )}
        <Pager next={next} />
      </div>
    </Page>
  );
}

/** A day in UTC, or the moment at which one begins or ends elsewhere. */
const DAY = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/;
const dayOf = (context: PageContext, name: string): string => {
  const day = queryParam(context, name);
  return DAY.test(day) && !Number.isNaN(Date.parse(day)) ? day : "";
};

/** What the API is asked for by the page's address. Days are whole ones. */
function queryOf(context: PageContext) {
  const [from, to] = [dayOf(context, "from"), dayOf(context, "to")];
  return {
    action: queryParam(context, "action"),
    actor: queryParam(context, "actor"),
    record: queryParam(context, "record").trim(),
    since: from.length === 10 ? `${from}T00:00:00.000Z` : from,
    until: to.length === 10 ? `${to}T23:59:59.999Z` : to,
    cursor: queryParam(context, "cursor"),
  };
}

/** A field for a day. The script has it from the moment at which it begins, or ends. */
function dayField(context: PageContext, name: "from" | "to", label: Child): FieldData {
  const day = dayOf(context, name);
  return { name, label, kind: "date", value: day.slice(0, 10), "data-moment": day.length > 10 ? day : undefined };
}

function fieldsOf(context: PageContext, whole: boolean): (FieldData | false)[] {
  const actor = queryParam(context, "actor");
  const groups = ACTION_GROUPS.filter(({ name }) => whole || name !== "Deployment").map(({ name, actions }) => ({
    group: name,
    options: actions.map((value) => ({ value, name: capital(wordsFor(value)) })),
  }));
  const actors = [
    { value: "", name: "Anybody" },
    { value: "admin", name: "Admin" },
    { value: "service", name: "Posthorn itself" },
    ...(/^(tok|lnk)_/.test(actor) ? [actor] : []),
  ];
  return [
    { name: "action", label: "What", kind: "select", options: [{ value: "", name: "Everything" }, ...groups] },
    { name: "actor", label: "Who", kind: "select", options: actors },
    whole && { name: "workspace", label: "Workspace id", inputmode: "numeric", pattern: "[0-9]*", size: 8 },
    {
      ...{ name: "record", label: "Id of what was changed", placeholder: "wh_…" },
      ...{ size: 20, maxlength: 250, spellcheck: false },
    },
    dayField(context, "from", zoned("From")),
    dayField(context, "to", zoned("To")),
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function Nothing() {
  const context = usePageContext();
  if (isFiltered(context, FILTERS) || queryParam(context, "cursor") !== "") {
    return (
      <Empty title="Nothing that fits" text="No change is like that. Take a filter away, or look at a longer time.">
        <LinkButton to={context.url.pathname} label="Show all" />
      </Empty>
    );
  }
  return (
    <Empty
      title="Nothing yet"
      text="As soon as somebody adds a webhook, makes a token or changes a setting, it is told here."
    />
  );
}

type Entry = z.infer<typeof AuditEntry>;

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
function Actor({ actor, narrowed }: { actor: Entry["actor"]; narrowed: Narrowed }) {
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
function From({ entry }: { entry: Entry }) {
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
