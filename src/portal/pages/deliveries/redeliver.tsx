import * as z from "zod";
import { Redelivered } from "../../../api/deliveries/redeliver.ts";
import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { action, goTo } from "../../page-route.ts";
import { count } from "../../parts/figures.tsx";
import { WebhookHead, webhookTitle } from "../../parts/webhook-head.tsx";
import { apiPath, type Visit } from "../../visit.ts";
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
  async (visit) => {
    const id = param(visit, "delivery");
    const outcome = await visit.api.send("POST", `${apiPathOf(visit, id)}/redeliver`, undefined, one(Redelivered));
    if (outcome.ok) return goTo(deliveryPath(visit, id), "redelivered");
    return { status: 409, page: await deliveryPage(visit, outcome.problem) };
  },
);

export const sendTest = action(
  { path: "/portal/{workspace}/webhooks/{webhook}/deliveries/test", scope: "manage" },
  async (visit) => {
    const id = param(visit, "webhook");
    const path = apiPath(visit, `/webhooks/${encodeURIComponent(id)}/test`);
    const outcome = await visit.api.send("POST", path, {}, z.unknown());
    if (outcome.ok) return goTo(listPath(visit, id), "tested");
    // The list says itself what is the matter with its webhook.
    return { status: 409, page: await deliveriesPage(visit) };
  },
);

export const redeliverChosen = action(
  { path: "/portal/{workspace}/webhooks/{webhook}/deliveries/redeliver", scope: "manage" },
  async (visit) => {
    const chosen = [...new Set(visit.form.getAll("delivery").filter((value) => typeof value === "string"))];
    if (chosen.length === 0) return complaint(visit, "Nothing is selected. Tick the deliveries to be sent again.");
    if (chosen.length > MOST) return complaint(visit, `At most ${MOST} at a time: for more, replay a time range.`);
    const path = apiPath(visit, `/webhooks/${encodeURIComponent(param(visit, "webhook"))}`);
    const { data: webhook } = await visit.api.get(path, one(WebhookView));
    if (webhook.status !== "active") {
      const above = <InactiveNote visit={visit} webhook={webhook} tried />;
      return { status: 409, page: await deliveriesPage(visit, above) };
    }
    const results: Result[] = [];
    for (let at = 0; at < chosen.length; at += AT_ONCE) {
      results.push(...(await Promise.all(chosen.slice(at, at + AT_ONCE).map((id) => sendAgain(visit, id)))));
    }
    const failing = await isFailing(visit);
    return (
      <Page visit={visit} {...webhookTitle(visit, webhook)}>
        <WebhookHead visit={visit} webhook={webhook} failing={failing} current="deliveries" />
        <ResultCard visit={visit} back={listPath(visit, webhook.id)} results={results} failing={failing} />
      </Page>
    );
  },
);

type Result = { id: string; problem: Problem | null };

const apiPathOf = (visit: Visit, id: string): string => apiPath(visit, `/deliveries/${encodeURIComponent(id)}`);

async function sendAgain(visit: Visit, id: string): Promise<Result> {
  try {
    const outcome = await visit.api.send("POST", `${apiPathOf(visit, id)}/redeliver`, undefined, one(Redelivered));
    return { id, problem: outcome.ok ? null : outcome.problem };
  } catch (error) {
    // One that is gone does not keep the others from being sent.
    if (error instanceof Refused) return { id, problem: error.problem };
    throw error;
  }
}

async function complaint(visit: Visit, text: string) {
  const above = (
    <div class="note bad" role="alert">
      {text}
    </div>
  );
  return { status: 422 as const, page: await deliveriesPage(visit, above) };
}

const deliveries = (number: number): string => `${count(number)} ${number === 1 ? "delivery" : "deliveries"}`;

/** What came of each. The address becomes the list's, so that a reload does not send everything once more. */
function ResultCard({
  visit,
  back,
  results,
  failing,
}: {
  visit: Visit;
  back: string;
  results: readonly Result[];
  failing: boolean;
}) {
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
                  <a class="mono" href={deliveryPath(visit, id)}>
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
