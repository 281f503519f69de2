import { Replayed } from "../../../api/deliveries/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { formField, type PageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { WebhookHead, webhookTitle } from "../../parts/webhook-head.tsx";
import { isFailing } from "../webhook/load.ts";
import { listPath, param, replayPath } from "./addresses.ts";
import { InactiveNote } from "./inactive-note.tsx";
import { CountedCard, ReplayForm } from "./replay-form.tsx";
import type { Replay } from "./replay-progress.ts";
import { beginning, type FormValues, requestOf } from "./replay-request.ts";

const PATH = "/portal/{workspace}/webhooks/{webhook}/replay";

export const replayPage = page({ path: PATH, scope: "manage" }, (context) =>
  formPage(context, { asked: beginning(context.url.searchParams, context.now) }),
);

/** Counts what would be sent again, and asks. */
export const countReplay = action({ path: PATH, scope: "manage" }, async (context) => {
  const asked = typed(context);
  const request = requestOf(asked, context.now);
  const outcome = await ask(context, { ...request, dry_run: true });
  if (!outcome.ok) return { status: 422, page: await formPage(context, { asked, problem: outcome.problem }) };
  return formPage(context, { asked, counted: { request, total: outcome.data.replayed } });
});

/** Sends again what was counted. */
export const startReplay = action({ path: `${PATH}/start`, scope: "manage" }, async (context) => {
  const asked = typed(context);
  const request = requestOf(asked, context.now);
  const outcome = await ask(context, { ...request, dry_run: false });
  if (!outcome.ok) {
    const { problem } = outcome;
    return { status: problem.status === 409 ? 409 : 422, page: await formPage(context, { asked, problem }) };
  }
  const { since, until, status, events = [] } = request;
  const total = String(outcome.data.replayed);
  const query = new URLSearchParams({ since, until, status, events: events.join(","), total });
  return redirect(`${replayPath(context, param(context, "webhook"))}/progress?${query}`);
});

const typed = (context: PageContext): FormValues => ({
  since: formField(context, "since"),
  until: formField(context, "until"),
  status: formField(context, "status"),
  events: formField(context, "events"),
});

const ask = (context: PageContext, body: Replay & { dry_run: boolean }) =>
  context.api.send("POST", `/webhooks/${encodeURIComponent(param(context, "webhook"))}/replay`, body, Replayed);

type ReplayStep = { asked: FormValues; problem?: Problem; counted?: { request: Replay; total: number } };

async function formPage(context: PageContext, { asked, problem, counted }: ReplayStep) {
  const path = `/webhooks/${encodeURIComponent(param(context, "webhook"))}`;
  const webhook = await context.api.one(path, WebhookView);
  const failing = await isFailing(context);
  const inactive = problem?.code === "webhook_inactive";
  return (
    <Page
      {...webhookTitle(context, webhook)}
      actions={
        <a class="button" href={listPath(context, webhook.id)}>
          Back to the deliveries
        </a>
      }
    >
      <WebhookHead webhook={webhook} failing={failing} current="replay" />
      <InactiveNote webhook={webhook} tried={inactive} />
      <div class="stack">
        {counted && <CountedCard webhook={webhook} request={counted.request} total={counted.total} />}
        <ReplayForm first={!counted} webhook={webhook} asked={asked} problem={inactive ? null : (problem ?? null)} />
      </div>
    </Page>
  );
}
