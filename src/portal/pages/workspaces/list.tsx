import type * as z from "zod";
import { list, one } from "../../../api/page.ts";
import { UsageView } from "../../../api/usage/routes.ts";
import { WorkspaceView } from "../../../api/workspaces/representation.ts";
import { Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { type PageContext, queryParam } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { count } from "../../parts/figures.tsx";
import { Plus } from "../../parts/icons.tsx";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";

type Workspace = z.infer<typeof WorkspaceView>;
type Usage = z.infer<typeof UsageView>;

/** What each uses is asked of its own object: so many at once, and no more. */
const ON_A_PAGE = 20;

export const listWorkspacesPage = page({ path: "/portal/workspaces", scope: "admin" }, async (context) => {
  const search = queryParam(context, "search");
  const { data, next_cursor } = await context.api.get("/api/v1/workspaces", list(WorkspaceView), {
    search,
    limit: ON_A_PAGE,
    cursor: queryParam(context, "cursor"),
  });
  const usages = await Promise.all(data.map(({ id }) => usageOf(context, id)));
  const none = data.length === 0 && search === "";
  return (
    <Page
      context={context}
      title="Workspaces"
      lead="Each is a tenant of its own, usually one of your customers: none sees anything of another."
      actions={!none && <CreateButton />}
    >
      <div class="card">
        {!none && <Search search={search} />}
        {data.length === 0 ? (
          <Nothing search={search} />
        ) : (
          <Table label="Workspaces">
            <thead>
              <tr>
                <th>Name</th>
                <th class="num">Id</th>
                <th>Plan</th>
                <th class="num">Webhooks</th>
                <th class="num">Sources</th>
                <th class="num">Events this month</th>
                <th>Created</th>
                <th>
                  <span class="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map((workspace, at) => (
                <Row workspace={workspace} usage={usages[at] ?? null} now={context.now} />
              ))}
            </tbody>
          </Table>
        )}
        <Pager context={context} next={next_cursor} />
      </div>
    </Page>
  );
});

/** Null for one that was deleted since the list was read. */
async function usageOf(context: PageContext, id: number): Promise<Usage | null> {
  try {
    return (await context.api.get(`/api/v1/workspaces/${id}/usage`, one(UsageView))).data;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

function Row({ workspace, usage, now }: { workspace: Workspace; usage: Usage | null; now: number }) {
  const { id, name } = workspace;
  return (
    <tr id={`workspace-${id}`}>
      <td class="main">
        <a class="row-link clip" href={`/portal/${id}/webhooks`} title={name}>
          {name}
        </a>
        <span class="small quiet clip" title={workspace.external_id}>
          {workspace.external_id}
        </span>
      </td>
      <td class="num">{id}</td>
      <td>{workspace.plan ?? <span class="quiet">none</span>}</td>
      <Used of={usage?.webhooks} />
      <Used of={usage?.sources} />
      <Used of={usage?.events} />
      <td>
        <Ago at={workspace.created_at} now={now} />
      </td>
      <td class="num">
        <span class="row tight end">
          <a class="button small" href={`/portal/${id}/webhooks`} aria-label={`Open ${name}`}>
            Open
          </a>
          <a class="button small" href={`/portal/${id}/settings`} aria-label={`Settings of ${name}`}>
            Settings
          </a>
        </span>
      </td>
    </tr>
  );
}

/** How much there is, and what the plan allows if it has a limit. */
function Used({ of }: { of: Usage["events"] | Usage["webhooks"] | undefined }) {
  if (!of) return <td class="num quiet">–</td>;
  const full = of.limit !== null && of.used >= of.limit;
  return (
    <td class="num nowrap">
      <span class={full ? "wrong" : undefined}>{count(of.used)}</span>
      {of.limit !== null && <span class="quiet"> of {count(of.limit)}</span>}
      {full && <span class="visually-hidden"> (the limit is reached)</span>}
    </td>
  );
}

function Search({ search }: { search: string }) {
  return (
    <search class="card-head">
      <form method="get" action="/portal/workspaces" class="row grow">
        <label class="visually-hidden" for="search">
          Search
        </label>
        <input
          id="search"
          name="search"
          type="search"
          value={search}
          maxlength={200}
          placeholder="Name, external id or id"
          class="narrow"
        />
        <button type="submit">Search</button>
        {search !== "" && <a href="/portal/workspaces">Show all</a>}
      </form>
    </search>
  );
}

function Nothing({ search }: { search: string }) {
  if (search !== "") {
    return (
      <Empty title="No workspace found">
        <p class="break">Nothing has “{search}” in its name or external id, or as its id.</p>
        <a class="button" href="/portal/workspaces">
          Show all
        </a>
      </Empty>
    );
  }
  return (
    <Empty title="No workspace yet">
      <p>
        A workspace holds the webhooks, events and sources of one of your customers. Create the first one, then open it
        and add a webhook.
      </p>
      <CreateButton />
    </Empty>
  );
}

const CreateButton = () => (
  <a class="button primary" href="/portal/workspaces/new">
    <Plus /> Create workspace
  </a>
);
