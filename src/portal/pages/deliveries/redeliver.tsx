import * as z from "zod";
import { Redelivered } from "../../../api/deliveries/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { Refused } from "../../api.ts";
import { formChoices, inWorkspace, type PageContext, pathParam } from "../../page-context.ts";
import { action, redirect } from "../../page-route.ts";
import { Card, Link, LinkButton } from "../../parts/card.tsx";
import { count } from "../../parts/figures.tsx";
import { WebhookPage } from "../../parts/webhook-head.tsx";
import { isFailing, loadWebhook, pathOf } from "../webhook/load.ts";
import { deliveryPage } from "./delivery.tsx";
import { deliveriesPage } from "./list.tsx";
import { deliveryPath, InactiveNote, shortId } from "./meaning.tsx";

/** More than a page of the list shows is not chosen by hand. */
const MOST = 100;
/** As many calls at a time. */
const AT_ONCE = 10;

const redeliver = ({ api }: PageContext, id: string) =>
  api.send("POST", deliveryPath(id, "/redeliver"), undefined, Redelivered);

export const redeliverOne = action(
  { path: "/portal/{workspace}/deliveries/{delivery}/redeliver", scope: "manage" },
  async (context) => {
    const id = pathParam(context, "delivery");
    const outcome = await redeliver(context, id);
    if (outcome.ok) return redirect(inWorkspace(context, deliveryPath(id)), "redelivered");
    return { status: 409, page: await deliveryPage(context, outcome.problem) };
  },
);

export const sendTest = action(
  { path: "/portal/{workspace}/webhooks/{webhook}/deliveries/test", scope: "manage" },
  async (context) => {
    const outcome = await context.api.send("POST", pathOf(context, "/test"), {}, z.unknown());
    if (outcome.ok) return redirect(inWorkspace(context, pathOf(context, "/deliveries")), "tested");
    // The list says itself what is the matter with its webhook.
    return { status: 409, page: await deliveriesPage(context) };
  },
);

export const redeliverChosen = action(
  { path: "/portal/{workspace}/webhooks/{webhook}/deliveries/redeliver", scope: "manage" },
  async (context) => {
    const chosen = [...new Set(formChoices(context, "delivery"))];
    if (chosen.length === 0) return wrongChoice(context, "Nothing is selected. Tick the deliveries to be sent again.");
    if (chosen.length > MOST) return wrongChoice(context, `At most ${MOST} at a time: for more, replay a time range.`);
    const webhook = await loadWebhook(context);
    if (webhook.status !== "active") {
      return { status: 409, page: await deliveriesPage(context, <InactiveNote webhook={webhook} tried />) };
    }
    const results: Result[] = [];
    for (let at = 0; at < chosen.length; at += AT_ONCE) {
      results.push(...(await Promise.all(chosen.slice(at, at + AT_ONCE).map((id) => sendAgain(context, id)))));
    }
    const failing = await isFailing(context);
    return (
      <WebhookPage webhook={webhook} failing={failing} current="deliveries">
        <ResultCard back={inWorkspace(context, pathOf(context, "/deliveries"))} results={results} failing={failing} />
      </WebhookPage>
    );
  },
);

type Result = { id: string; problem: Problem | null };

async function sendAgain(context: PageContext, id: string): Promise<Result> {
  try {
    const outcome = await redeliver(context, id);
    return { id, problem: outcome.ok ? null : outcome.problem };
  } catch (error) {
    // One that is gone does not keep the others from being sent.
    if (error instanceof Refused) return { id, problem: error.problem };
    throw error;
  }
}

async function wrongChoice(context: PageContext, text: string) {
  const above = (
    <div class="note bad" role="alert">
      {text}
    </div>
  );
  return { status: 422 as const, page: await deliveriesPage(context, above) };
}

const deliveries = (number: number): string => `${count(number)} ${number === 1 ? "delivery" : "deliveries"}`;

type ResultProps = { back: string; results: readonly Result[]; failing: boolean };

/** What came of each. The address becomes the list's, so that a reload does not send everything once more. */
function ResultCard({ back, results, failing }: ResultProps) {
  const failed = results.filter(({ problem }) => problem !== null);
  const sent = results.length - failed.length;
  return (
    <Card attributes={{ "data-replace-url": back }} foot={<LinkButton to={back} label="Back to the list" />}>
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
                <Link to={deliveryPath(id)} class="mono" label={shortId(id)} /> {problem?.detail}
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}
