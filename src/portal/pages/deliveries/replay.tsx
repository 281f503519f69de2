import { Replayed } from "../../../api/deliveries/replay.ts";
import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { action, goTo, page } from "../../page-route.ts";
import { WebhookHead, webhookTitle } from "../../parts/webhook-head.tsx";
import { apiPath, field, type Visit } from "../../visit.ts";
import { isFailing } from "../webhook/load.ts";
import { listPath, param, replayPath } from "./addresses.ts";
import { InactiveNote } from "./inactive-note.tsx";
import { CountedCard, ReplayForm } from "./replay-form.tsx";
import type { Replay } from "./replay-progress.ts";
import { type Asked, beginning, requestOf } from "./replay-request.ts";

const PATH = "/portal/{workspace}/webhooks/{webhook}/replay";

export const replayPage = page({ path: PATH, scope: "manage" }, (visit) =>
  formPage(visit, { asked: beginning(visit.url.searchParams, visit.now) }),
);

/** Counts what would be sent again, and asks. */
export const countReplay = action({ path: PATH, scope: "manage" }, async (visit) => {
  const asked = typed(visit);
  const request = requestOf(asked, visit.now);
  const outcome = await ask(visit, { ...request, dry_run: true });
  if (!outcome.ok) return { status: 422, page: await formPage(visit, { asked, problem: outcome.problem }) };
  return formPage(visit, { asked, counted: { request, total: outcome.data.data.replayed } });
});

/** Sends again what was counted. */
export const startReplay = action({ path: `${PATH}/start`, scope: "manage" }, async (visit) => {
  const asked = typed(visit);
  const request = requestOf(asked, visit.now);
  const outcome = await ask(visit, { ...request, dry_run: false });
  if (!outcome.ok) {
    const { problem } = outcome;
    return { status: problem.status === 409 ? 409 : 422, page: await formPage(visit, { asked, problem }) };
  }
  const { since, until, status, events = [] } = request;
  const total = String(outcome.data.data.replayed);
  const query = new URLSearchParams({ since, until, status, events: events.join(","), total });
  return goTo(`${replayPath(visit, param(visit, "webhook"))}/progress?${query}`);
});

const typed = (visit: Visit): Asked => ({
  since: field(visit, "since"),
  until: field(visit, "until"),
  status: field(visit, "status"),
  events: field(visit, "events"),
});

const ask = (visit: Visit, body: Replay & { dry_run: boolean }) =>
  visit.api.send(
    "POST",
    apiPath(visit, `/webhooks/${encodeURIComponent(param(visit, "webhook"))}/replay`),
    body,
    one(Replayed),
  );

type Shown = { asked: Asked; problem?: Problem; counted?: { request: Replay; total: number } };

async function formPage(visit: Visit, { asked, problem, counted }: Shown) {
  const path = apiPath(visit, `/webhooks/${encodeURIComponent(param(visit, "webhook"))}`);
  const { data: webhook } = await visit.api.get(path, one(WebhookView));
  const failing = await isFailing(visit);
  const inactive = problem?.code === "webhook_inactive";
  return (
    <Page
      visit={visit}
      {...webhookTitle(visit, webhook)}
      actions={
        <a class="button" href={listPath(visit, webhook.id)}>
          Back to the deliveries
        </a>
      }
    >
      <WebhookHead visit={visit} webhook={webhook} failing={failing} current="replay" />
      <InactiveNote visit={visit} webhook={webhook} tried={inactive} />
      <div class="stack">
        {counted && <CountedCard visit={visit} webhook={webhook} request={counted.request} total={counted.total} />}
        <ReplayForm
          visit={visit}
          first={!counted}
          webhook={webhook}
          asked={asked}
          problem={inactive ? null : (problem ?? null)}
        />
      </div>
    </Page>
  );
}
