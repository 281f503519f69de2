import type * as z from "zod";
import { UsageView } from "../../../api/usage/routes.ts";
import { WorkspaceView } from "../../../api/workspaces/representation.ts";
import { Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { type PageContext, queryParam } from "../../page-context.ts";
import { type PageRoute, page, redirect } from "../../page-route.ts";
import { LinkButton, Quiet, RowName } from "../../parts/card.tsx";
import { count } from "../../parts/figures.tsx";
import { ACTIONS, DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";

type Workspace = z.infer<typeof WorkspaceView>;
type Usage = z.infer<typeof UsageView>;

const PATH = "/portal/workspaces";
const API = "/api/v1/workspaces";

/** What each uses is asked of its own object: so many at once, and no more. */
const ON_A_PAGE = 20;
/** As many as a menu can show. */
const IN_MENU = 20;

const CREATE = <LinkButton to={`${PATH}/new`} kind="primary" label="Create workspace" plus />;

const listWorkspaces = page({ path: PATH, scope: "admin" }, async (context) => {
  const search = queryParam(context, "search");
  const query = { search, limit: ON_A_PAGE, cursor: queryParam(context, "cursor") };
  const { rows, next } = await context.api.list(API, WorkspaceView, query);
  const usages = await Promise.all(rows.map(({ id }) => usageOf(context, id)));
  const none = rows.length === 0 && search === "";
  return (
    <Page
      title="Workspaces"
      lead="Each is a tenant of its own, usually one of your customers: none sees anything of another."
      actions={!none && CREATE}
    >
      <div class="card">
        {!none && <Search search={search} />}
        {rows.length === 0 ? (
          <Nothing search={search} />
        ) : (
          <DataTable
            label="Workspaces"
            rows={rows}
            row={({ id }) => ({ id: `workspace-${id}` })}
            columns={[
              {
                head: "Name",
                td: "main",
                cell: ({ id, name, external_id }) => (
                  <RowName to={`/portal/${id}/webhooks`} name={name} title={name} below={external_id} />
                ),
              },
              { head: "Id", class: "num", cell: ({ id }) => id },
              { head: "Plan", cell: ({ plan }) => plan ?? <Quiet text="none" /> },
              { head: "Webhooks", class: "num", td: "num nowrap", cell: (_, at) => <Used of={usages[at]?.webhooks} /> },
              { head: "Sources", class: "num", td: "num nowrap", cell: (_, at) => <Used of={usages[at]?.sources} /> },
              {
                head: "Events this month",
                class: "num",
                td: "num nowrap",
                cell: (_, at) => <Used of={usages[at]?.events} />,
              },
              { head: "Created", cell: ({ created_at }) => <Ago at={created_at} /> },
              { head: ACTIONS, td: "num", cell: (workspace) => <Ways workspace={workspace} /> },
            ]}
          />
        )}
        <Pager next={next} />
      </div>
    </Page>
  );
});

/** Null for one that was deleted since the list was read. */
async function usageOf({ api }: PageContext, id: number): Promise<Usage | null> {
  try {
    return await api.one(`${API}/${id}/usage`, UsageView);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

const Ways = ({ workspace: { id, name } }: { workspace: Workspace }) => (
  <span class="row tight end">
    <LinkButton to={`/portal/${id}/webhooks`} kind="small" label="Open" name={`Open ${name}`} />
    <LinkButton to={`/portal/${id}/settings`} kind="small" label="Settings" name={`Settings of ${name}`} />
  </span>
);

/** How much there is, and what the plan allows if it has a limit. */
function Used({ of }: { of: Usage["events"] | Usage["webhooks"] | undefined }) {
  if (!of) return <Quiet />;
  const full = of.limit !== null && of.used >= of.limit;
  return (
    <>
      <span class={full ? "wrong" : undefined}>{count(of.used)}</span>
      {of.limit !== null && <span class="quiet"> of {count(of.limit)}</span>}
      {full && <span class="visually-hidden"> (the limit is reached)</span>}
    </>
  );
}

const Search = ({ search }: { search: string }) => (
  <search class="card-head">
    <form method="get" action={PATH} class="row grow">
      <label class="visually-hidden" for="search">
        Search
      </label>
      <input
        {...{ id: "search", name: "search", type: "search", value: search, maxlength: 200, class: "narrow" }}
        placeholder="Name, external id or id"
      />
      <button type="submit">Search</button>
      {search !== "" && <a href={PATH}>Show all</a>}
    </form>
  </search>
);

function Nothing({ search }: { search: string }) {
  if (search !== "") {
    return (
      <Empty title="No workspace found">
        <p class="break">Nothing has “{search}” in its name or external id, or as its id.</p>
        <LinkButton to={PATH} label="Show all" />
      </Empty>
    );
  }
  return (
    <Empty
      title="No workspace yet"
      text="A workspace holds the webhooks, events and sources of one of your customers. Create the first one, then open it and add a webhook."
    >
      {CREATE}
    </Empty>
  );
}

/**
 * The workspaces of the menu in the bar, which a script puts there when it is opened: no page waits for them. `from` is
 * the path below a workspace that one is at, and goes to in another.
 */
const switchWorkspace = page({ path: `${PATH}/switch`, scope: "admin" }, async (context) => {
  if (!context.fragment) return redirect(PATH);
  const from = queryParam(context, "from");
  const section = /^\/[a-z-]{1,40}$/.test(from) ? from : "/webhooks";
  const here = queryParam(context, "workspace");
  const { rows } = await context.api.list(API, WorkspaceView, { limit: IN_MENU });
  return (
    <>
      {rows.map(({ id, name }) => (
        <a href={`/portal/${id}${section}`} aria-current={String(id) === here ? "true" : undefined}>
          <span class="clip">{name}</span>
        </a>
      ))}
    </>
  );
});

export const workspaceListPages: readonly PageRoute[] = [listWorkspaces, switchWorkspace];
