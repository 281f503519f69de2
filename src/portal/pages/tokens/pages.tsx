import { CreatedToken, TokenView } from "../../../api/tokens/representation.ts";
import { SCOPES } from "../../../config/schema.ts";
import { Page } from "../../frame.tsx";
import { formChoices, formField, inWorkspace, numberIn, pathParam, queryParam } from "../../page-context.ts";
import { action, formPage, type PageRoute, page, redirect } from "../../page-route.ts";
import { Facts, LinkButton, ShownOnce, Tags } from "../../parts/card.tsx";
import { Code, CopyLine } from "../../parts/code.tsx";
import { Choices, DataField } from "../../parts/fields.tsx";
import { Confirm, ErrorSummary, FormCard, wrongWith } from "../../parts/form.tsx";
import { Badge } from "../../parts/status.tsx";
import { ACTIONS, DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { expiryOf, LIFETIMES, SCOPE_WORDS, tryOut, USUAL_LIFETIME } from "./words.ts";

const PATH = "/portal/{workspace}/tokens";
const LIST = "/tokens";
const CRUMBS = [{ name: "Tokens", path: LIST }];

const listTokens = page({ path: PATH, scope: "admin" }, async (context) => {
  const { rows, next } = await context.api.list(LIST, TokenView, { cursor: queryParam(context, "cursor") });
  const create = <LinkButton to="/tokens/new" kind="primary" label="Create token" plus />;
  return (
    <Page
      title="Tokens"
      lead="A token lets a program, or a person here, into this workspace, as far as its scopes reach."
      actions={rows.length > 0 && create}
    >
      <div class="card">
        {rows.length === 0 ? (
          <Empty
            title="No token yet"
            text="Your backend needs one to send events. Create it with the scope publish, and keep it with your secrets."
          >
            {create}
          </Empty>
        ) : (
          <DataTable
            label="Tokens"
            rows={rows}
            row={({ id }) => ({ id })}
            columns={[
              { head: "Name", td: "main", cell: ({ id, name }) => <Named id={id} name={name} /> },
              { head: "Scopes", cell: ({ scopes }) => <Tags of={scopes} /> },
              { head: "Last used", cell: ({ last_used_at }) => <Ago at={last_used_at} /> },
              { head: "Expires", cell: ({ expires_at }) => <Expiry at={expires_at} now={context.now} /> },
              { head: "Created", cell: ({ created_at }) => <Ago at={created_at} /> },
              {
                head: ACTIONS,
                td: "num",
                cell: ({ id, name }) => (
                  <LinkButton to={`/tokens/${id}/revoke`} kind="small" label="Revoke" name={`Revoke ${name}`} />
                ),
              },
            ]}
          />
        )}
        <Pager next={next} />
      </div>
      {rows.length > 0 && (
        <p class="small quiet after">
          Uses are noted once an hour. To replace a token, create the next one, give it to whoever has the first, and
          revoke the first when its last use stands still.
        </p>
      )}
    </Page>
  );
});

const Named = ({ id, name }: { id: string; name: string }) => (
  <>
    <strong class="clip" title={name}>
      {name}
    </strong>
    <code class="small quiet">{id}</code>
  </>
);

/** When a token ends, and whether that needs somebody's attention. */
function Expiry({ at, now }: { at: string | null; now: number }) {
  const expiry = expiryOf(at, now);
  return (
    <span class="row tight">
      {expiry === "expired" && <Badge tone="bad">expired</Badge>}
      {expiry === "soon" && <Badge tone="warn">soon</Badge>}
      <Ago at={at} />
    </span>
  );
}

const createToken = formPage(
  { path: `${PATH}/new`, scope: "admin" },
  {
    initial: () => ({ name: "", scopes: ["publish"], expires_in: USUAL_LIFETIME }),
    read: (context) => ({
      name: formField(context, "name"),
      scopes: formChoices(context, "scopes"),
      expires_in: formField(context, "expires_in"),
    }),
    async submit(context, { name, scopes, expires_in }) {
      const body = { name, scopes, ...(expires_in === "" ? {} : { expires_in: numberIn(expires_in) }) };
      const made = await context.api.send("POST", LIST, body, CreatedToken);
      if (!made.ok) return made;
      const { data } = made;
      const attempt = tryOut(context.url.origin, context.workspace?.id ?? 0, data.token, data.scopes);
      return {
        status: 201,
        page: (
          <Page title={data.name} crumbs={CRUMBS}>
            <ShownOnce title="The token, shown this once" address={LIST}>
              <p>Copy it now and keep it with your secrets. Only its digest is stored: nobody can show it again.</p>
              <CopyLine text={data.token} label="token" />
              <Facts
                of={[
                  ["Scopes", data.scopes.join(", ")],
                  ["Expires", <Expiry at={data.expires_at} now={context.now} />],
                ]}
              />
              <h2>Try it</h2>
              <Code text={attempt} label="command to try the token" wrap />
            </ShownOnce>
          </Page>
        ),
      };
    },
    view: (_, values, problem) => (
      <Page title="Create token" crumbs={CRUMBS}>
        <ErrorSummary problem={problem} shown={["name", "scopes", "expires_in"]} />
        <FormCard to="/tokens/new" class="narrow" verb="Create token" back={LIST}>
          <DataField of={NAME} values={values} problem={problem} />
          <Choices
            legend="Scopes"
            name="scopes"
            type="checkbox"
            of={SCOPES.map((value) => ({ value, name: value, hint: SCOPE_WORDS[value] }))}
            chosen={values.scopes}
            wrong={wrongWith(problem, "scopes")}
          />
          <DataField of={LIFETIME} values={values} problem={problem} />
        </FormCard>
      </Page>
    ),
  },
);

const NAME = {
  name: "name",
  label: "Name",
  hint: "Who or what will use it, as in: Billing backend.",
  required: true,
  maxlength: 200,
};
const LIFETIME = {
  name: "expires_in",
  label: "Expires after",
  hint: "From then on it is refused. A token that ends by itself cannot be forgotten somewhere for ever.",
  kind: "select",
  options: LIFETIMES,
} as const;

const revoke = { path: `${PATH}/{token}/revoke`, scope: "admin" } as const;
const tokenPath = (id: string): string => `/tokens/${encodeURIComponent(id)}`;

const askToRevoke = page(revoke, async (context) => {
  const path = tokenPath(pathParam(context, "token"));
  const token = await context.api.one(path, TokenView);
  return (
    <Page title={`Revoke ${token.name}?`} crumbs={CRUMBS}>
      <Confirm to={`${path}/revoke`} back={LIST} verb="Revoke token">
        <p>
          Whatever uses it is refused everywhere within 30 seconds, and whoever is signed in here with it is signed out.
          It cannot be undone.
        </p>
        <Facts
          of={[
            ["Scopes", token.scopes.join(", ")],
            ["Last used", <Ago at={token.last_used_at} />],
          ]}
        />
      </Confirm>
    </Page>
  );
});

const revokeToken = action(revoke, async (context) => {
  await context.api.delete(tokenPath(pathParam(context, "token")));
  return redirect(inWorkspace(context, LIST), "revoked");
});

export const tokenPages: readonly PageRoute[] = [listTokens, ...createToken, askToRevoke, revokeToken];
