import type * as z from "zod";
import { list, one } from "../../../api/page.ts";
import { EndedSessions, PortalLinkView } from "../../../api/portal-links/representation.ts";
import { nothing } from "../../../api/route.ts";
import { Page } from "../../frame.tsx";
import { apiPath, inWorkspace, type PageContext, queryParam } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { ActionButton, Confirm } from "../../parts/form.tsx";
import { Badge } from "../../parts/status.tsx";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";

type Link = z.infer<typeof PortalLinkView>;

const PATH = "/portal/{workspace}/settings/portal-links";

const here = (context: PageContext): string => inWorkspace(context, "/settings/portal-links");

const crumbs = (context: PageContext) => [{ name: "Workspace", path: inWorkspace(context, "/settings") }];

/** Who can come in by a link, and who has: the way to turn them out. */
export const listPortalLinksPage = page({ path: PATH, scope: "admin" }, async (context) => {
  const { data, next_cursor } = await context.api.get(apiPath(context, "/portal-links"), list(PortalLinkView), {
    cursor: queryParam(context, "cursor"),
  });
  return (
    <Page
      context={context}
      title="Portal links"
      lead="Who can come into this workspace by a link, and who has. Links are let go a day after they end."
      crumbs={crumbs(context)}
      actions={
        <>
          <a class="button danger" href={`${here(context)}/end`}>
            End all sessions
          </a>
          <MakeButton context={context} />
        </>
      }
    >
      <div class="card">
        {data.length === 0 ? (
          <Empty title="No link">
            <p>Your backend makes one when a user of yours asks for his webhooks; here you make one by hand.</p>
          </Empty>
        ) : (
          <Table label="Portal links">
            <thead>
              <tr>
                <th>Link</th>
                <th>State</th>
                <th>Scopes</th>
                <th>Made</th>
                <th>Ends</th>
                <th>
                  <span class="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map((link) => (
                <Row context={context} link={link} />
              ))}
            </tbody>
          </Table>
        )}
        <Pager context={context} next={next_cursor} />
      </div>
    </Page>
  );
});

const STATES = {
  unopened: { tone: "calm", name: "unopened" },
  expired: { tone: "warn", name: "expired" },
  in_use: { tone: "good", name: "in use" },
  ended: { tone: "calm", name: "ended" },
} as const;

function Row({ context, link }: { context: PageContext; link: Link }) {
  const { tone, name } = STATES[link.status];
  return (
    <tr id={link.id}>
      <td class="main">
        <code class="small">{link.id}</code>
        <div class="quiet small">
          made by {link.made_by === null ? "the admin" : <code class="small">{link.made_by}</code>}
        </div>
      </td>
      <td>
        <Badge tone={tone}>{name}</Badge>
      </td>
      <td>
        <span class="tags">
          {link.scopes.map((scope) => (
            <span class="tag">{scope}</span>
          ))}
        </span>
      </td>
      <td>
        <Ago at={link.created_at} now={context.now} />
      </td>
      <td>
        <Ago at={link.status === "unopened" ? link.expires_at : link.session_ends_at} now={context.now} none="ended" />
      </td>
      <td class="num">
        <ActionButton context={context} to={`${here(context)}/${link.id}/revoke`} kind="small">
          Revoke<span class="visually-hidden"> {link.id}</span>
        </ActionButton>
      </td>
    </tr>
  );
}

const MakeButton = ({ context }: { context: PageContext }) => (
  <a class="button primary" href={inWorkspace(context, "/settings/portal-link")}>
    Make a link
  </a>
);

export const revokePortalLinkAction = action({ path: `${PATH}/{link}/revoke`, scope: "admin" }, async (context) => {
  const path = apiPath(context, `/portal-links/${encodeURIComponent(context.params.link ?? "")}`);
  await context.api.do("DELETE", path, undefined, nothing);
  return redirect(here(context), "link_revoked");
});

export const endSessionsPage = page({ path: `${PATH}/end`, scope: "admin" }, (context) => (
  <Page
    context={context}
    title="End all sessions?"
    crumbs={[...crumbs(context), { name: "Portal links", path: here(context) }]}
  >
    <Confirm context={context} to={`${here(context)}/end`} back={here(context)} verb="End all sessions">
      <p>
        Everybody who came into this workspace by a link, or signed in with one of its tokens, is signed out everywhere
        within 30 seconds. Links that nobody has opened open no more.
      </p>
      <p>Tokens stay good: whoever has one can sign in again. Revoke those that leaked.</p>
    </Confirm>
  </Page>
));

export const endSessionsAction = action({ path: `${PATH}/end`, scope: "admin" }, async (context) => {
  await context.api.do("POST", apiPath(context, "/portal-sessions/end"), undefined, one(EndedSessions));
  return redirect(here(context), "sessions_ended");
});
