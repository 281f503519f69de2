import { Replayed } from "../../../api/deliveries/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { formFields, inWorkspace, type PageContext } from "../../page-context.ts";
import { action, type PageRoute, page, redirect } from "../../page-route.ts";
import { LinkButton } from "../../parts/card.tsx";
import { WebhookPage } from "../../parts/webhook-head.tsx";
import { isFailing, loadWebhook, pathOf } from "../webhook/load.ts";
import { showDelivery } from "./delivery.tsx";
import { listDeliveriesPage } from "./list.tsx";
import { InactiveNote } from "./meaning.tsx";
import { redeliverChosen, redeliverOne, sendTest } from "./redeliver.tsx";
import { CountedCard, ReplayForm } from "./replay-form.tsx";
import type { Replay } from "./replay-progress.ts";
import { replayProgressPage } from "./replay-progress-page.tsx";
import { beginning, type FormValues, requestOf } from "./replay-request.ts";

const PATH = "/portal/{workspace}/webhooks/{webhook}/replay";

const replayPage = page({ path: PATH, scope: "manage" }, (context) =>
  replay(context, { values: beginning(context.url.searchParams, context.now) }),
);

const valuesIn = (context: PageContext): FormValues => formFields(context, ["since", "until", "status", "events"]);

const ask = (context: PageContext, body: Replay & { dry_run: boolean }) =>
  context.api.send("POST", pathOf(context, "/replay"), body, Replayed);

/** Counts what would be sent again, and asks. */
const countReplay = action({ path: PATH, scope: "manage" }, async (context) => {
  const values = valuesIn(context);
  const request = requestOf(values, context.now);
  const outcome = await ask(context, { ...request, dry_run: true });
  if (!outcome.ok) return { status: 422, page: await replay(context, { values, problem: outcome.problem }) };
  return replay(context, { values, counted: { request, total: outcome.data.replayed } });
});

/** Sends again what was counted. */
const startReplay = action({ path: `${PATH}/start`, scope: "manage" }, async (context) => {
  const values = valuesIn(context);
  const request = requestOf(values, context.now);
  const outcome = await ask(context, { ...request, dry_run: false });
  if (!outcome.ok) {
    const { problem } = outcome;
    return { status: problem.status === 409 ? 409 : 422, page: await replay(context, { values, problem }) };
  }
  const { since, until, status, events = [] } = request;
  const total = String(outcome.data.replayed);
  const query = new URLSearchParams({ since, until, status, events: events.join(","), total });
  return redirect(inWorkspace(context, pathOf(context, `/replay/progress?${query}`)));
});

type ReplayStep = { values: FormValues; problem?: Problem; counted?: { request: Replay; total: number } };

async function replay(context: PageContext, { values, problem, counted }: ReplayStep) {
  const [webhook, failing] = await Promise.all([loadWebhook(context), isFailing(context)]);
  const inactive = problem?.code === "webhook_inactive";
  const told = inactive ? null : (problem ?? null);
  return (
    <WebhookPage
      webhook={webhook}
      failing={failing}
      current="replay"
      actions={<LinkButton to={pathOf(context, "/deliveries")} label="Back to the deliveries" />}
    >
      <InactiveNote webhook={webhook} tried={inactive} />
      <div class="stack">
        {counted && <CountedCard webhook={webhook} request={counted.request} total={counted.total} />}
        <ReplayForm webhook={webhook} values={values} problem={told} first={!counted} now={context.now} />
      </div>
    </WebhookPage>
  );
}

export const deliveryPages: readonly PageRoute[] = [
  ...[listDeliveriesPage, redeliverChosen, sendTest, showDelivery, redeliverOne],
  ...[replayPage, countReplay, startReplay, replayProgressPage],
];
