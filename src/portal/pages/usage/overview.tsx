import { UsageView } from "../../../api/usage/routes.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, usePageContext } from "../../page-context.ts";
import { type PageRoute, page } from "../../page-route.ts";
import { Card, Note } from "../../parts/card.tsx";
import { count, Meter, percent } from "../../parts/figures.tsx";
import { Ago } from "../../parts/time.tsx";
import { DayChart, DayTable } from "./day-chart.tsx";
import { consequenceOf, forecast, type Kind, levelOf, type Usage, usedOf } from "./quotas.ts";

const KINDS = ["events", "webhooks", "sources"] as const;
const NAMES: Record<Kind, string> = { events: "Events this month", webhooks: "Webhooks", sources: "Sources" };
const DAY_MS = 24 * 3600 * 1000;

const usagePage = page({ path: "/portal/{workspace}/usage", scope: "read" }, async (context) => {
  const usage = await context.api.one("/usage", UsageView);
  const { events } = usage;
  const length = Math.round((Date.parse(events.period_end) - Date.parse(events.period_start)) / DAY_MS);
  return (
    <Page title="Usage" lead={<PlanLine usage={usage} />}>
      <Warnings usage={usage} />
      <div class="stack">
        <div class="quotas">
          {KINDS.map((kind) => (
            <Quota usage={usage} kind={kind} />
          ))}
        </div>
        <Card
          id="by-day"
          title="Events by day"
          head={
            <Note>
              {month(events.period_start)}, days in UTC. Tests, retries, redeliveries, and what sources receive are not
              counted.
            </Note>
          }
        >
          <DayChart days={events.by_day} length={length} />
          <DayTable days={events.by_day} />
        </Card>
      </div>
    </Page>
  );
});

function PlanLine({ usage }: { usage: Usage }) {
  const { plan, events } = usage;
  return (
    <>
      {plan === null ? "This workspace is on no plan. " : null}
      {plan !== null && (
        <>
          Plan <strong>{plan}</strong>.{" "}
        </>
      )}
      The period is {month(events.period_start)}; the next one begins <Ago at={events.period_end} />.
    </>
  );
}

/** `November 2026`. */
const month = (start: string): string =>
  new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(start));

function Quota({ usage, kind }: { usage: Usage; kind: Kind }) {
  const { used, limit } = usage[kind];
  const share = limit === null ? null : limit === 0 ? 1 : used / limit;
  return (
    <section class="card quota" aria-labelledby={`quota-${kind}`}>
      <h2 id={`quota-${kind}`}>{NAMES[kind]}</h2>
      <p>
        <strong>{count(used)}</strong>{" "}
        <span class="quiet">{limit === null ? "no limit" : `of ${count(limit)} (${percent(share)})`}</span>
      </p>
      {limit !== null && <Meter used={used} limit={limit} label={`${NAMES[kind]}: ${usedOf({ used, limit })}`} />}
      <p class="small quiet">{kind === "events" ? <Pace usage={usage} /> : <Listed kind={kind} />}</p>
    </section>
  );
}

function Pace({ usage }: { usage: Usage }) {
  const context = usePageContext();
  const expected = forecast(usage.events, context.now);
  if (expected === null || usage.events.used === 0) return <>Counted from the first of the month, in UTC.</>;
  const { limit } = usage.events;
  const beyond = limit !== null && expected > limit && usage.events.used < limit;
  return (
    <>
      At this pace about {count(expected)} by the end of the month{beyond ? `: beyond the limit` : ""}.
    </>
  );
}

function Listed({ kind }: { kind: "webhooks" | "sources" }) {
  const context = usePageContext();
  return (
    <>
      {kind === "webhooks" ? "Paused and disabled ones count as well. " : "Each provider account is one. "}
      <a class="nowrap" href={inWorkspace(context, `/${kind}`)}>
        Show all
      </a>
    </>
  );
}

/** What is reached or soon will be, what it means, and what to do. */
function Warnings({ usage }: { usage: Usage }) {
  const context = usePageContext();
  return (
    <>
      {KINDS.map((kind) => {
        const level = levelOf(usage[kind]);
        if (level === "fine") return null;
        const what = kind === "events" ? "events of this month" : kind;
        return (
          <div class={`note ${level === "reached" ? "bad" : "warn"}`}>
            <strong>
              {level === "reached" ? `The limit of ${what} is reached` : `Most of the ${what} are used`}:{" "}
              {usedOf(usage[kind])}
            </strong>
            <span>{consequenceOf(kind, level)}</span>
            <span>
              {kind !== "events" && usage[kind].used > 0 && (
                <>
                  Delete {kind} that are not needed under <a href={inWorkspace(context, `/${kind}`)}>{NAMES[kind]}</a>,
                  or{" "}
                </>
              )}
              <Larger begin={kind === "events" || usage[kind].used === 0} />
            </span>
          </div>
        );
      })}
    </>
  );
}

function Larger({ begin }: { begin: boolean }) {
  const context = usePageContext();
  if (context.can("admin")) {
    return (
      <>
        {begin ? "Move" : "move"} the workspace to a larger plan under <a href="/portal/workspaces">Workspaces</a>.
      </>
    );
  }
  return <>{begin ? "Ask" : "ask"} who administers this deployment for a larger plan.</>;
}

export const usagePages: readonly PageRoute[] = [usagePage];
