import type * as z from "zod";
import { CreatedPortalLink, EndedSessions, PortalLinkView } from "../../../api/portal-links/representation.ts";
import { settingsOf } from "../../../config/settings.ts";
import { Page } from "../../frame.tsx";
import { formFields, inWorkspace, numberIn, pathParam, queryParam, usePageContext } from "../../page-context.ts";
import { action, formPage, type PageRoute, page, redirect } from "../../page-route.ts";
import { Card, LinkButton, ShownOnce, Tags } from "../../parts/card.tsx";
import { Code, CopyLine } from "../../parts/code.tsx";
import { Choices, type FieldData, Fields } from "../../parts/fields.tsx";
import { ActionButton, Confirm, ErrorSummary, FormCard } from "../../parts/form.tsx";
import { Badge } from "../../parts/status.tsx";
import { ACTIONS, DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago, span } from "../../parts/time.tsx";

type PortalLink = z.infer<typeof PortalLinkView>;

const NEW = "/settings/portal-link";
const LIST = "/settings/portal-links";
const PATH = `/portal/{workspace}${LIST}`;
const CRUMBS = [{ name: "Workspace", path: "/settings" }];

/** What a link may give, in the words of who makes one. */
const GRANTS = [
  { value: "read manage", name: "See and change", hint: "Webhooks, event types and sources; test, replay, redeliver." },
  { value: "read", name: "See only", hint: "The same pages without any button that changes something." },
] as const;

const spans = (of: readonly number[]) => of.map((value) => ({ value, name: span(value) }));

const FIELDS: readonly FieldData[] = [
  {
    ...{ name: "expires_in", kind: "select", options: spans([300, 3600, 86_400]) },
    label: "The link can be opened for",
    hint: "Once, by anybody who has it.",
  },
  {
    ...{ name: "session_seconds", kind: "select", options: spans([3600, 4 * 3600, 12 * 3600]) },
    label: "Whoever opened it stays in for",
  },
];

const makeLink = formPage(
  { path: `/portal/{workspace}${NEW}`, scope: "admin" },
  {
    initial: () => ({ grant: "read manage", expires_in: "300", session_seconds: "43200" }),
    read: (context) => formFields(context, ["grant", "expires_in", "session_seconds"]),
    async submit(context, { grant, expires_in, session_seconds }) {
      const times = { expires_in: numberIn(expires_in), session_seconds: numberIn(session_seconds) };
      const body = { scopes: grant.split(" "), ...times };
      const made = await context.api.send("POST", "/portal-links", body, CreatedPortalLink);
      if (!made.ok) return made;
      return {
        status: 201,
        page: (
          <Page title="A link for your user" crumbs={CRUMBS}>
            <ShownOnce title="The link, shown this once" address={NEW} done={{ to: "/settings", label: "Done" }}>
              <p>
                Whoever opens it first is in this workspace's settings, for {span(made.data.session_seconds)}. Do not
                try it yourself: it opens once.
              </p>
              <CopyLine text={made.data.url} label="link" />
              <p>
                It can be opened up to <Ago at={made.data.expires_at} />.
              </p>
            </ShownOnce>
          </Page>
        ),
      };
    },
    view: (_, values, problem) => (
      <Page
        title="Make a link for your user"
        lead="It sends somebody straight into this workspace's settings, without a token."
        crumbs={CRUMBS}
      >
        <ErrorSummary problem={problem} shown={["expires_in", "session_seconds"]} />
        <div class="columns">
          <FormCard to={NEW} label="A new link" body="stack form" verb="Make the link" back="/settings">
            <Choices legend="Whoever opens it may" name="grant" of={GRANTS} chosen={[values.grant]} />
            <Fields of={FIELDS} values={values} problem={problem} />
          </FormCard>
          <ForProducts />
        </div>
      </Page>
    ),
  },
);

/** How a product does it by itself, where a user of it asks for the settings. */
function ForProducts() {
  const { api, env, url } = usePageContext();
  const framed = settingsOf(env).PORTAL_FRAME_ORIGINS;
  const command = `curl -X POST -H "Authorization: Bearer $TOKEN" \\\n${url.origin}${api.pathOf("/portal-links")}`;
  return (
    <Card title="From your product">
      <p>Your backend makes a link when a user asks for his webhooks, and leads his browser there.</p>
      <Code text={command} label="command that makes a link" wrap />
      <p class="quiet">
        {framed.length === 0
          ? "To show the settings inside a page of yours, name its origin in PORTAL_FRAME_ORIGINS."
          : `Pages of ${framed.join(", ")} may open it in an iframe.`}
      </p>
    </Card>
  );
}

/** Who can come in by a link, and who has: the way to turn them out. */
const listLinks = page({ path: PATH, scope: "admin" }, async (context) => {
  const { rows, next } = await context.api.list("/portal-links", PortalLinkView, {
    cursor: queryParam(context, "cursor"),
  });
  return (
    <Page
      title="Portal links"
      lead="Who can come into this workspace by a link, and who has. Links are let go a day after they end."
      crumbs={CRUMBS}
      actions={
        <>
          <LinkButton to={`${LIST}/end`} kind="danger" label="End all sessions" />
          <LinkButton to={NEW} kind="primary" label="Make a link" />
        </>
      }
    >
      <div class="card">
        {rows.length === 0 ? (
          <Empty
            title="No link"
            text="Your backend makes one when a user of yours asks for his webhooks; here you make one by hand."
          />
        ) : (
          <DataTable
            label="Portal links"
            rows={rows}
            row={({ id }) => ({ id })}
            columns={[
              { head: "Link", td: "main", cell: (link) => <Made link={link} /> },
              { head: "State", cell: ({ status }) => <Badge {...STATES[status]} /> },
              { head: "Scopes", cell: ({ scopes }) => <Tags of={scopes} class="tags" /> },
              { head: "Made", cell: ({ created_at }) => <Ago at={created_at} /> },
              { head: "Ends", cell: (link) => <Ago at={endOf(link)} none="ended" /> },
              { head: ACTIONS, td: "num", cell: (link) => <Revoke link={link} /> },
            ]}
          />
        )}
        <Pager next={next} />
      </div>
    </Page>
  );
});

const STATES = {
  unopened: { tone: "calm", children: "unopened" },
  expired: { tone: "warn", children: "expired" },
  in_use: { tone: "good", children: "in use" },
  ended: { tone: "calm", children: "ended" },
} as const;

const endOf = ({ status, expires_at, session_ends_at }: PortalLink): string | null =>
  status === "unopened" ? expires_at : session_ends_at;

const Made = ({ link: { id, made_by } }: { link: PortalLink }) => (
  <>
    <code class="small">{id}</code>
    <div class="quiet small">made by {made_by === null ? "the admin" : <code class="small">{made_by}</code>}</div>
  </>
);

function Revoke({ link: { id } }: { link: PortalLink }) {
  const label = (
    <>
      Revoke<span class="visually-hidden"> {id}</span>
    </>
  );
  return <ActionButton to={`${LIST}/${id}/revoke`} kind="small" label={label} />;
}

const revokeLink = action({ path: `${PATH}/{link}/revoke`, scope: "admin" }, async (context) => {
  await context.api.delete(`/portal-links/${encodeURIComponent(pathParam(context, "link"))}`);
  return redirect(inWorkspace(context, LIST), "link_revoked");
});

const askToEndSessions = page({ path: `${PATH}/end`, scope: "admin" }, () => (
  <Page title="End all sessions?" crumbs={[...CRUMBS, { name: "Portal links", path: LIST }]}>
    <Confirm to={`${LIST}/end`} back={LIST} verb="End all sessions">
      <p>
        Everybody who came into this workspace by a link, or signed in with one of its tokens, is signed out everywhere
        within 30 seconds. Links that nobody has opened open no more.
      </p>
      <p>Tokens stay good: whoever has one can sign in again. Revoke those that leaked.</p>
    </Confirm>
  </Page>
));

const endSessions = action({ path: `${PATH}/end`, scope: "admin" }, async (context) => {
  await context.api.do("/portal-sessions/end", EndedSessions);
  return redirect(inWorkspace(context, LIST), "sessions_ended");
});

export const portalLinkPages: readonly PageRoute[] = [
  ...makeLink,
  listLinks,
  askToEndSessions,
  endSessions,
  revokeLink,
];
