import * as z from "zod";
import { Redelivered } from "../../../api/deliveries/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { type PageContext, usePageContext } from "../../page-context.ts";
import { action, redirect } from "../../page-route.ts";
import { count } from "../../parts/figures.tsx";
import { WebhookHead, webhookTitle } from "../../parts/webhook-head.tsx";
import { isFailing } from "../webhook/load.ts";
import { deliveryPath, listPath, param } from "./addresses.ts";
import { deliveryPage } from "./delivery.tsx";
import { shortId } from "./filter.ts";
import { InactiveNote } from "./inactive-note.tsx";
import { deliveriesPage } from "./list.tsx";

/** More than a page of the list shows is not chosen by hand. */
const MOST = 100;
/** As many calls at a time. */
const AT_ONCE = 10;

export const redeliverOne = action(
  { path: "/portal/{workspace}/deliveries/{delivery}/redeliver", scope: "manage" },
  async (context) => {
    const id = param(context, "delivery");
    const outcome = await context.api.send("POST", `${apiPathOf(id)}/redeliver`, undefined, Redelivered);
    if (outcome.ok) return redirect(deliveryPath(context, id), "redelivered");
    return { status: 409, page: await deliveryPage(context, outcome.problem) };
  },
);

export const sendTest = action(
  { path: "/portal/{workspace}/webhooks/{webhook}/deliveries/test", scope: "manage" },
  async (context) => {
    const id = param(context, "webhook");
    const path = `/webhooks/${encodeURIComponent(id)}/test`;
    const outcome = await context.api.send("POST", path, {}, z.unknown());
    if (outcome.ok) return redirect(listPath(context, id), "tested");
    // The list says itself what is the matter with its webhook.
    return { status: 409, page: await deliveriesPage(context) };
  },
);

export const redeliverChosen = action(
  { path: "/portal/{workspace}/webhooks/{webhook}/deliveries/redeliver", scope: "manage" },
  async (context) => {
    const chosen = [...new Set(context.form.getAll("delivery").filter((value) => typeof value === "string"))];
    if (chosen.length === 0) return complaint(context, "Nothing is selected. Tick the deliveries to be sent again.");
    if (chosen.length > MOST) return complaint(context, `At most ${MOST} at a time: for more, replay a time range.`);
    const path = `/webhooks/${encodeURIComponent(param(context, "webhook"))}`;
    const webhook = await context.api.one(path, WebhookView);
    if (webhook.status !== "active") {
      const above = <InactiveNote webhook={webhook} tried />;
      return { status: 409, page: await deliveriesPage(context, above) };
    }
    const results: Result[] = [];
    for (let at = 0; at < chosen.length; at += AT_ONCE) {
      results.push(...(await Promise.all(chosen.slice(at, at + AT_ONCE).map((id) => sendAgain(context, id)))));
    }
    const failing = await isFailing(context);
    return (
      <Page {...webhookTitle(context, webhook)}>
        <WebhookHead webhook={webhook} failing={failing} current="deliveries" />
        <ResultCard back={listPath(context, webhook.id)} results={results} failing={failing} />
      </Page>
    );
  },
);

type Result = { id: string; problem: Problem | null };

const apiPathOf = (id: string): string => `/deliveries/${encodeURIComponent(id)}`;

async function sendAgain(context: PageContext, id: string): Promise<Result> {
  try {
    const outcome = await context.api.send("POST", `${apiPathOf(id)}/redeliver`, undefined, Redelivered);
    return { id, problem: outcome.ok ? null : outcome.problem };
  } catch (error) {
    // One that is gone does not keep the others from being sent.
    if (error instanceof Refused) return { id, problem: error.problem };
    throw error;
  }
}

async function complaint(context: PageContext, text: string) {
  const above = (
    <div class="note bad" role="alert">
      {text}
    </div>
  );
  return { status: 422 as const, page: await deliveriesPage(context, above) };
}

const deliveries = (number: number): string => `${count(number)} ${number === 1 ? "delivery" : "deliveries"}`;

/** What came of each. The address becomes the list's, so that a reload does not send everything once more. */
function ResultCard({ back, results, failing }: { back: string; results: readonly Result[]; failing: boolean }) {
  const context = usePageContext();
  const failed = results.filter(({ problem }) => problem !== null);
  const sent = results.length - failed.length;
  return (
    <div class="card" data-replace-url={back}>
      <div class="card-body stack">
        <h2>Redelivery</h2>
        {sent > 0 && (
          <p>
            <span class="badge good">{deliveries(sent)} on the way</span>{" "}
            {failing && "The webhook is failing: they go out as soon as a probe succeeds. "}
            Each keeps its id and gets another attempt; what comes of it stands in the list.
          </p>
        )}
        {failed.length > 0 && (
          <>
            <p>
              <span class="badge bad">{deliveries(failed.length)} not sent</span>
            </p>
            <ul class="plain-list">
              {failed.map(({ id, problem }) => (
                <li class="break">
                  <a class="mono" href={deliveryPath(context, id)}>
                    {shortId(id)}
                  </a>{" "}
                  {problem?.detail}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <div class="card-foot">
        <a class="button" href={back}>
          Back to the list
        </a>
      </div>
    </div>
  );
}
