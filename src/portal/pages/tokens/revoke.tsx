import { one } from "../../../api/page.ts";
import { nothing } from "../../../api/route.ts";
import { TokenView } from "../../../api/tokens/representation.ts";
import { Page } from "../../frame.tsx";
import { apiPath, inWorkspace, type PageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { Confirm } from "../../parts/form.tsx";
import { Ago } from "../../parts/time.tsx";

const PATH = "/portal/{workspace}/tokens/{token}/revoke";

const below = ({ params }: PageContext): string => `/tokens/${encodeURIComponent(params.token ?? "")}`;

export const revokeTokenPage = page({ path: PATH, scope: "admin" }, async (context) => {
  const { data: token } = await context.api.get(apiPath(context, below(context)), one(TokenView));
  const back = inWorkspace(context, "/tokens");
  return (
    <Page context={context} title={`Revoke ${token.name}?`} crumbs={[{ name: "Tokens", path: back }]}>
      <Confirm context={context} to={inWorkspace(context, `${below(context)}/revoke`)} back={back} verb="Revoke token">
        <p>
          Whatever uses it is refused everywhere within 30 seconds, and whoever is signed in here with it is signed out.
          It cannot be undone.
        </p>
        <dl class="facts">
          <dt>Scopes</dt>
          <dd>{token.scopes.join(", ")}</dd>
          <dt>Last used</dt>
          <dd>
            <Ago at={token.last_used_at} now={context.now} />
          </dd>
        </dl>
      </Confirm>
    </Page>
  );
});

export const revokeTokenAction = action({ path: PATH, scope: "admin" }, async (context) => {
  await context.api.do("DELETE", apiPath(context, below(context)), undefined, nothing);
  return redirect(inWorkspace(context, "/tokens"), "revoked");
});
