import type { Child } from "hono/jsx";
import type { Problem } from "../../../api/problem.ts";
import { nothing } from "../../../api/route.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { count } from "../../parts/figures.tsx";
import { Confirm, ErrorSummary } from "../../parts/form.tsx";
import { webhookCrumbs } from "../../parts/webhook-head.tsx";
import { type Health, loadHealth, loadStats, loadWebhook, pathOf, type Stats } from "./load.ts";

const where = { path: "/portal/{workspace}/webhooks/{webhook}/delete", scope: "manage" } as const;

/** Asks before a webhook is deleted, and says what goes with it. */
export const deletePage = page(where, (context) => ask(context, null));

export const deleteAction = action(where, async (context) => {
  const outcome = await context.api.send("DELETE", pathOf(context), undefined, nothing);
  if (!outcome.ok) return { status: 409, page: await ask(context, outcome.problem) };
  return redirect(inWorkspace(context, "/webhooks"), "deleted");
});

async function ask(context: PageContext, problem: Problem | null): Promise<Child> {
  const webhook = await loadWebhook(context);
  const [health, stats] = await Promise.all([loadHealth(context), loadStats(context, "30d")]);
  return (
    <Page title="Delete this webhook?" crumbs={webhookCrumbs(webhook, "/settings")}>
      <ErrorSummary problem={problem} />
      <div class="narrow">
        <Confirm to={pathOf(context, "/delete")} back={pathOf(context, "/settings")} verb="Delete webhook">
          <p>
            <strong class="break mono">{webhook.url}</strong> gets nothing more from the moment that you delete it. This
            cannot be undone.
          </p>
          <ul class="bullets">
            <li>{unsentText(health)}</li>
            <li>{logText(stats)}</li>
            <li>Its secret, its headers and its other settings are gone.</li>
            <li>The events themselves stay, with where else they went.</li>
          </ul>
          <p>To stop it for a while only, pause it: what comes is held, and the log stays.</p>
        </Confirm>
      </div>
    </Page>
  );
}

function unsentText({ waiting, in_flight }: Health): string {
  const unsent = waiting + in_flight;
  if (unsent === 0) return "No delivery waits to be sent.";
  return unsent === 1
    ? "1 delivery that was not sent yet is never sent."
    : `${count(unsent)} deliveries that were not sent yet are never sent.`;
}

function logText({ totals, complete_since }: Stats): string {
  const done = totals.delivered + totals.failed + totals.expired;
  if (done === 0) return "Its log of deliveries is gone; in the last 30 days there was none.";
  const least = complete_since === null ? "" : "at least ";
  const what = `${least}${count(done)} ${done === 1 ? "delivery" : "deliveries"}`;
  return `Its log is gone: ${what} of the last 30 days, with requests and answers.`;
}
