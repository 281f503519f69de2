import { one } from "../../../api/page.ts";
import { nothing } from "../../../api/route.ts";
import { TokenView } from "../../../api/tokens/representation.ts";
import { Page } from "../../frame.tsx";
import { action, goTo, page } from "../../page-route.ts";
import { Confirm } from "../../parts/form.tsx";
import { Ago } from "../../parts/time.tsx";
import { apiPath, inWorkspace, type Visit } from "../../visit.ts";

const PATH = "/portal/{workspace}/tokens/{token}/revoke";

const below = ({ params }: Visit): string => `/tokens/${encodeURIComponent(params.token ?? "")}`;

export const revokeTokenPage = page({ path: PATH, scope: "admin" }, async (visit) => {
  const { data: token } = await visit.api.get(apiPath(visit, below(visit)), one(TokenView));
  const back = inWorkspace(visit, "/tokens");
  return (
    <Page visit={visit} title={`Revoke ${token.name}?`} crumbs={[{ name: "Tokens", path: back }]}>
      <Confirm visit={visit} to={inWorkspace(visit, `${below(visit)}/revoke`)} back={back} verb="Revoke token">
        <p>
          Whatever uses it is refused everywhere within 30 seconds, and whoever is signed in here with it is signed out.
          It cannot be undone.
        </p>
        <dl class="facts">
          <dt>Scopes</dt>
          <dd>{token.scopes.join(", ")}</dd>
          <dt>Last used</dt>
          <dd>
            <Ago at={token.last_used_at} now={visit.now} />
          </dd>
        </dl>
      </Confirm>
    </Page>
  );
});

export const revokeTokenAction = action({ path: PATH, scope: "admin" }, async (visit) => {
  await visit.api.do("DELETE", apiPath(visit, below(visit)), undefined, nothing);
  return goTo(inWorkspace(visit, "/tokens"), "revoked");
});
