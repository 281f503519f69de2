import type * as z from "zod";
import { AuditEntry } from "../../../api/audit/representation.ts";
import { list } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { apiPath, type PageContext, queryParam } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { ErrorSummary } from "../../parts/form.tsx";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { EntryRow } from "./entry.tsx";
import { Filters, isFiltered, queryOf } from "./filters.tsx";

type Log = { data: z.infer<typeof AuditEntry>[]; next_cursor: string | null; problem: Problem | null };

export const auditLogPage = page({ path: "/portal/{workspace}/audit-log", scope: "manage" }, async (context) => (
  <AuditLog
    context={context}
    log={await load(context, apiPath(context, "/audit-log"), {})}
    lead="Who changed what in this workspace, the newest first. Secrets are never in it."
    whole={false}
  />
));

export const wholeAuditLogPage = page({ path: "/portal/audit-log", scope: "admin" }, async (context) => (
  <AuditLog
    context={context}
    log={await load(context, "/api/v1/audit-log", { workspace_id: queryParam(context, "workspace") })}
    lead="Who changed what in all workspaces, deleted ones included, the newest first."
    whole
  />
));

/** What an address asks for that cannot be is said above the filters, where it can be put right. */
async function load(context: PageContext, path: string, more: Record<string, string>): Promise<Log> {
  try {
    const page = await context.api.get(path, list(AuditEntry), { ...queryOf(context), ...more });
    return { ...page, problem: null };
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 422) {
      return { data: [], next_cursor: null, problem: error.problem };
    }
    throw error;
  }
}

function AuditLog({ context, log, lead, whole }: { context: PageContext; log: Log; lead: string; whole: boolean }) {
  const { data, next_cursor, problem } = log;
  return (
    <Page context={context} title="Audit log" lead={lead}>
      <ErrorSummary problem={problem} />
      <div class="card">
        <Filters context={context} whole={whole} />
        {data.length === 0 ? (
          <Nothing context={context} />
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
                <EntryRow context={context} entry={entry} whole={whole} />
              ))}
            </tbody>
          </Table>
        )}
        <Pager context={context} next={next_cursor} />
      </div>
    </Page>
  );
}

function Nothing({ context }: { context: PageContext }) {
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
