import type * as z from "zod";
import { list } from "../../../api/page.ts";
import { TokenView } from "../../../api/tokens/representation.ts";
import { Page } from "../../frame.tsx";
import { apiPath, inWorkspace, type PageContext, queryParam } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Plus } from "../../parts/icons.tsx";
import { Badge } from "../../parts/status.tsx";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { expiryOf } from "./words.ts";

type Token = z.infer<typeof TokenView>;

export const listTokensPage = page({ path: "/portal/{workspace}/tokens", scope: "admin" }, async (context) => {
  const { data, next_cursor } = await context.api.get(apiPath(context, "/tokens"), list(TokenView), {
    cursor: queryParam(context, "cursor"),
  });
  return (
    <Page
      context={context}
      title="Tokens"
      lead="A token lets a program, or a person here, into this workspace, as far as its scopes reach."
      actions={data.length > 0 && <CreateButton context={context} />}
    >
      <div class="card">
        {data.length === 0 ? (
          <Empty title="No token yet">
            <p>
              Your backend needs one to send events. Create it with the scope publish, and keep it with your secrets.
            </p>
            <CreateButton context={context} />
          </Empty>
        ) : (
          <Table label="Tokens">
            <thead>
              <tr>
                <th>Name</th>
                <th>Scopes</th>
                <th>Last used</th>
                <th>Expires</th>
                <th>Created</th>
                <th>
                  <span class="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map((token) => (
                <Row context={context} token={token} />
              ))}
            </tbody>
          </Table>
        )}
        <Pager context={context} next={next_cursor} />
      </div>
      {data.length > 0 && (
        <p class="small quiet after">
          Uses are noted once an hour. To replace a token, create the next one, give it to whoever has the first, and
          revoke the first when its last use stands still.
        </p>
      )}
    </Page>
  );
});

function Row({ context, token }: { context: PageContext; token: Token }) {
  return (
    <tr id={token.id}>
      <td class="main">
        <strong class="clip" title={token.name}>
          {token.name}
        </strong>
        <code class="small quiet">{token.id}</code>
      </td>
      <td>
        <span class="row tight">
          {token.scopes.map((scope) => (
            <span class="tag">{scope}</span>
          ))}
        </span>
      </td>
      <td>
        <Ago at={token.last_used_at} now={context.now} />
      </td>
      <td>
        <Expiry at={token.expires_at} now={context.now} />
      </td>
      <td>
        <Ago at={token.created_at} now={context.now} />
      </td>
      <td class="num">
        <a
          class="button small"
          href={inWorkspace(context, `/tokens/${token.id}/revoke`)}
          aria-label={`Revoke ${token.name}`}
        >
          Revoke
        </a>
      </td>
    </tr>
  );
}

/** When a token ends, and whether that needs somebody's attention. */
export function Expiry({ at, now }: { at: string | null; now: number }) {
  const expiry = expiryOf(at, now);
  return (
    <span class="row tight">
      {expiry === "expired" && <Badge tone="bad">expired</Badge>}
      {expiry === "soon" && <Badge tone="warn">soon</Badge>}
      <Ago at={at} now={now} />
    </span>
  );
}

const CreateButton = ({ context }: { context: PageContext }) => (
  <a class="button primary" href={inWorkspace(context, "/tokens/new")}>
    <Plus /> Create token
  </a>
);
