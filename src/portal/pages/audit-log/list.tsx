import type * as z from "zod";
import { AuditEntry } from "../../../api/audit/representation.ts";
import type { ListResult } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { ErrorSummary } from "../../parts/form.tsx";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { EntryRow } from "./entry.tsx";
import { Filters, isFiltered, queryOf } from "./filters.tsx";

type Log = ListResult<z.infer<typeof AuditEntry>>;

export const auditLogPage = page({ path: "/portal/{workspace}/audit-log", scope: "manage" }, async (context) => (
  <AuditLog
    log={await load(context, "/audit-log", {})}
    lead="Who changed what in this workspace, the newest first. Secrets are never in it."
    whole={false}
  />
));

export const wholeAuditLogPage = page({ path: "/portal/audit-log", scope: "admin" }, async (context) => (
  <AuditLog
    log={await load(context, "/api/v1/audit-log", { workspace_id: queryParam(context, "workspace") })}
    lead="Who changed what in all workspaces, deleted ones included, the newest first."
    whole
  />
));

/** What an address asks for that cannot be is said above the filters, where it can be put right. */
async function load(context: PageContext, path: string, more: Record<string, string>): Promise<Log> {
  const found = await context.api.search(path, AuditEntry, { ...queryOf(context), ...more });
  return found;
}

function AuditLog({ log, lead, whole }: { log: Log; lead: string; whole: boolean }) {
  const { rows: data, next: next_cursor, problem } = log;
  return (
    <Page title="Audit log" lead={lead}>
      <ErrorSummary problem={problem} />
      <div class="card">
        <Filters whole={whole} />
        {data.length === 0 ? (
          <Nothing />
        ) : (
          <Table label="Audit log">
            <thead>
              <tr>
                <th>When</th>
                <th>Who</th>
                <th>What</th>
                {whole && <th class="num">Workspace</th>}
                <th class="wide-only">From</th>
              </tr>
            </thead>
            <tbody>
              {data.map((entry) => (
                <EntryRow entry={entry} whole={whole} />
              ))}
            </tbody>
          </Table>
        )}
        <Pager next={next_cursor} />
      </div>
    </Page>
  );
}

function Nothing() {
  const context = usePageContext();
  if (isFiltered(context) || queryParam(context, "cursor") !== "") {
    return (
      <Empty title="Nothing that fits">
        <p>No change is like that. Take a filter away, or look at a longer time.</p>
        <a class="button" href={context.url.pathname}>
          Show all
        </a>
      </Empty>
    );
  }
  return (
    <Empty title="Nothing yet">
      <p>As soon as somebody adds a webhook, makes a token or changes a setting, it is told here.</p>
    </Empty>
  );
}
