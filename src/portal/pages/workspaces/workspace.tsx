import type * as z from "zod";
import type { Problem } from "../../../api/problem.ts";
import { UsageView } from "../../../api/usage/routes.ts";
import { ChangedWorkspace, WorkspaceView } from "../../../api/workspaces/representation.ts";
import { settingsOf } from "../../../config/settings.ts";
import { Page } from "../../frame.tsx";
import { formField, formFields, inWorkspace, type PageContext, usePageContext } from "../../page-context.ts";
import { formPage, redirect } from "../../page-route.ts";
import { Card, Facts, Link, LinkButton, ShownOnce } from "../../parts/card.tsx";
import { CopyLine } from "../../parts/code.tsx";
import { DataField, type FieldData, Fields } from "../../parts/fields.tsx";
import { count } from "../../parts/figures.tsx";
import { ErrorSummary, FormCard } from "../../parts/form.tsx";
import { problemWithForm } from "../../parts/json-field.ts";
import { Ago } from "../../parts/time.tsx";

/** A workspace's own settings: to create one, to change it, to delete it. */

const SETTINGS = "/settings";
const NAMES = ["name", "external_id", "community_name", "plan", "notify_url", "notify_email"] as const;

/** What a form about a workspace holds, by the API's names; empty where nothing is to be. */
type FormValues = Record<(typeof NAMES)[number], string>;

const read = (context: PageContext): FormValues => formFields(context, NAMES);

export const newWorkspacePages = formPage(
  { path: "/portal/workspaces/new", scope: "admin" },
  {
    initial: (): FormValues => ({
      ...{ name: "", external_id: "", community_name: "", plan: "", notify_url: "", notify_email: "" },
    }),
    read,
    async submit({ api }, values) {
      const body = Object.fromEntries(NAMES.flatMap((name) => (values[name] === "" ? [] : [[name, values[name]]])));
      const made = await api.send("POST", "/api/v1/workspaces", { name: "", ...body }, ChangedWorkspace);
      if (!made.ok) return made;
      const { id, name, notify_secret } = made.data;
      if (notify_secret === undefined) return redirect(`/portal/${id}/settings`, "created");
      return {
        status: 201,
        page: (
          <Page title={name} crumbs={CRUMBS}>
            <NotifySecret secret={notify_secret} next={`/portal/${id}/settings?done=created`} />
          </Page>
        ),
      };
    },
    view: (_, values, problem) => (
      <Page
        title="Create workspace"
        lead="For one customer. It starts empty; its tokens and webhooks come next."
        crumbs={CRUMBS}
      >
        <ErrorSummary problem={problem} shown={NAMES} />
        <FormCard
          to="/portal/workspaces/new"
          class="narrow"
          body="stack form"
          verb="Create workspace"
          back="/portal/workspaces"
        >
          <WorkspaceFields values={values} problem={problem} />
        </FormCard>
      </Page>
    ),
  },
);

const CRUMBS = [{ name: "Workspaces", path: "/portal/workspaces" }];

type Workspace = z.infer<typeof WorkspaceView>;

const load = ({ api }: PageContext): Promise<Workspace> => api.one("", WorkspaceView);

const valuesOf = (workspace: Workspace): FormValues => ({
  name: workspace.name,
  external_id: workspace.external_id,
  community_name: workspace.community_name ?? "",
  plan: workspace.plan ?? "",
  notify_url: workspace.notify_url ?? "",
  notify_email: workspace.notify_email ?? "",
});

export const settingsPages = formPage(
  { path: "/portal/{workspace}/settings", scope: "admin" },
  {
    initial: async (context) => valuesOf(await load(context)),
    read,
    async submit(context, values) {
      const before = valuesOf(await load(context));
      // What was left as it is does not belong into the audit log.
      const changes = Object.fromEntries(
        NAMES.filter((name) => values[name] !== before[name]).map((name) => [name, valueFor(name, values[name])]),
      );
      if (Object.keys(changes).length === 0) return redirect(inWorkspace(context, SETTINGS), "saved");
      const saved = await context.api.send("PATCH", "", changes, ChangedWorkspace);
      if (!saved.ok) return saved;
      const { name, notify_secret } = saved.data;
      if (notify_secret === undefined) return redirect(inWorkspace(context, SETTINGS), "saved");
      return (
        <Page title={name}>
          <NotifySecret secret={notify_secret} next={inWorkspace(context, `${SETTINGS}?done=saved`)} />
        </Page>
      );
    },
    view: async (context, values, problem) => (
      <Page title="Workspace" lead="What this workspace is called, may have, and whom it tells.">
        <ErrorSummary problem={problem} shown={NAMES} />
        <div class="columns">
          <FormCard to={SETTINGS} label="Settings of the workspace" body="stack form" verb="Save">
            <WorkspaceFields values={values} problem={problem} />
          </FormCard>
          <Aside workspace={await load(context)} />
        </div>
      </Page>
    ),
  },
);

/** These two are never without a value: the API says so, beside the field. Of the others null takes it away. */
const valueFor = (name: keyof FormValues, text: string): string | null =>
  text === "" && name !== "name" && name !== "external_id" ? null : text;

/** The fields of a form about a workspace, with what was typed and what was wrong. */
function WorkspaceFields(filled: { values: FormValues; problem: Problem | null }) {
  const { PLANS, NOTIFY_FROM } = settingsOf(usePageContext().env);
  const { plan, name, community_name } = filled.values;
  const none = { value: "", name: "None: the deployment's limits alone" };
  const plans = [...new Set([...PLANS.keys(), plan])].filter((each) => each !== "");
  const email = NOTIFY_FROM === null ? EMAIL_WITHOUT_SENDER : "Optional.";
  return (
    <>
      <Fields of={[...FIRST, { ...PLAN, options: [none, ...plans] }]} {...filled} />
      <h2>Notifications</h2>
      <p class="hint">
        When a webhook fails again and again, is disabled, or works again, the people of this workspace can be told.
      </p>
      <Fields of={[URL_FIELD, { ...EMAIL, hint: email }]} {...filled} />
      <details class="more" open={community_name !== "" && community_name !== name}>
        <summary>More</summary>
        <div class="stack pad">
          <DataField of={COMMUNITY} {...filled} />
        </div>
      </details>
    </>
  );
}

const FIRST: readonly FieldData[] = [
  { name: "name", label: "Name", hint: "What the customer is called.", required: true, maxlength: 200 },
  {
    name: "external_id",
    label: "External id",
    hint: "What your own system calls this customer. Left empty, it becomes a random UUID.",
    ...{ maxlength: 200, spellcheck: false },
  },
];
const PLAN: FieldData = {
  ...{ name: "plan", label: "Plan", kind: "select" },
  hint: "Limits how many webhooks, sources and events a month there may be.",
};
const URL_FIELD: FieldData = {
  ...{ name: "notify_url", kind: "url", maxlength: 2000, placeholder: "https://example.com/hooks/posthorn" },
  label: "Send notifications to this URL",
  hint: "It receives signed events, as a webhook does. Optional.",
  spellcheck: false,
};
const EMAIL: FieldData = {
  ...{ name: "notify_email", kind: "email", maxlength: 320, placeholder: "ops@example.com" },
  label: "And to this email address",
};
const EMAIL_WITHOUT_SENDER = "Optional. This deployment sends no emails yet: set NOTIFY_FROM.";
const COMMUNITY: FieldData = {
  ...{ name: "community_name", label: "Community name", maxlength: 200 },
  hint: "What deliveries in the community dialect call it. Left empty, it is the name.",
};

/** The secret of a workspace's notifications, just made. */
const NotifySecret = ({ secret, next }: { secret: string; next: string }) => (
  <ShownOnce title="The secret of the notifications, shown this once" address={next}>
    <p>
      What is sent to the notification URL is signed with it, by Standard Webhooks. Copy it now, and give it to whoever
      verifies what arrives there.
    </p>
    <CopyLine text={secret} label="notification secret" />
  </ShownOnce>
);

function Aside({ workspace }: { workspace: Workspace }) {
  const { api, url } = usePageContext();
  return (
    <div class="stack">
      <Card title="In the API">
        <Facts
          of={[
            ["Id", workspace.id],
            ["Created", <Ago at={workspace.created_at} />],
            ["Changed", <Ago at={workspace.updated_at} />],
            workspace.notify_webhook !== null && [
              "Notifications",
              <Link to={`/webhooks/${workspace.notify_webhook}`} label="their webhook" />,
            ],
          ]}
        />
        <CopyLine text={`${url.origin}${api.pathOf("")}`} label="address in the API" />
      </Card>
      <Card title="Portal link">
        <p>Sends a user of yours straight into this workspace's settings, without a token. It opens once.</p>
        <p>
          <LinkButton to="/settings/portal-link" label="Make a link for your user" />
        </p>
        <p>
          <Link to="/settings/portal-links" label="Links, and who is in by one" />
        </p>
      </Card>
      <Card title="Delete">
        <p>Takes the workspace away with everything in it. The next page says what that is, and asks.</p>
        <p>
          <LinkButton to="/settings/delete" kind="danger" label="Delete workspace" />
        </p>
      </Card>
    </div>
  );
}

export const deleteWorkspacePages = formPage(
  { path: "/portal/{workspace}/settings/delete", scope: "admin" },
  {
    initial: () => "",
    read: (context) => formField(context, "confirm"),
    async submit({ api, workspace }, values) {
      // Names may have blanks around them; nobody is asked to type those.
      const name = workspace?.name.trim();
      if (values !== name) {
        return { problem: problemWithForm([{ path: "confirm", message: `That is not its name. Type: ${name}` }]) };
      }
      await api.delete("");
      return redirect("/portal/workspaces", "deleted");
    },
    async view({ api, workspace }, value, problem) {
      const name = workspace?.name ?? "";
      const usage = await api.one("/usage", UsageView);
      const some = (many: number, what: string): string => `${count(many)} ${many === 1 ? what : `${what}s`}`;
      const label = "Type the workspace's name to delete it";
      const confirm = { name: "confirm", label, hint: <b>{name}</b>, value, required: true, spellcheck: false };
      return (
        <Page title={`Delete ${name}?`} crumbs={[{ name: "Workspace", path: SETTINGS }]}>
          <FormCard
            to="/settings/delete"
            class="narrow"
            body="stack form"
            kind="danger"
            verb="Delete workspace"
            back={SETTINGS}
          >
            <p>This takes away, at once and for good:</p>
            <ul class="list">
              <li>
                {some(usage.webhooks.used, "webhook")} with their secrets and the record of what was delivered; what
                waits is not sent any more
              </li>
              <li>
                {some(usage.sources.used, "source")} with what they received; providers that call them are refused
              </li>
              <li>every event, {count(usage.events.used)} of them from this month, and the event types of its own</li>
              <li>its tokens and portal links, and the visits of everybody who came by them</li>
            </ul>
            <p>The audit log keeps what was done here, for the admin alone.</p>
            <DataField of={confirm} problem={problem} />
          </FormCard>
        </Page>
      );
    },
  },
);
