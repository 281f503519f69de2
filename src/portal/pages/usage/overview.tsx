import { UsageView } from "../../../api/usage/routes.ts";
import { Page } from "../../frame.tsx";
import { usePageContext } from "../../page-context.ts";
import { type PageRoute, page } from "../../page-route.ts";
import { Card, Link, Note } from "../../parts/card.tsx";
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

function Pace({ usage: { events } }: { usage: Usage }) {
  const { used, limit } = events;
  const expected = forecast(events, usePageContext().now);
  if (expected === null || used === 0) return <>Counted from the first of the month, in UTC.</>;
  const beyond = limit !== null && expected > limit && used < limit;
  return (
    <>
      At this pace about {count(expected)} by the end of the month{beyond ? `: beyond the limit` : ""}.
    </>
  );
}

const Listed = ({ kind }: { kind: "webhooks" | "sources" }) => (
  <>
    {kind === "webhooks" ? "Paused and disabled ones count as well. " : "Each provider account is one. "}
    <Link to={`/${kind}`} class="nowrap" label="Show all" />
  </>
);

/** What is reached or soon will be, what it means, and what to do. */
const Warnings = ({ usage }: { usage: Usage }) => (
  <>
    {KINDS.map((kind) => {
      const level = levelOf(usage[kind]);
      if (level === "fine") return null;
      const what = kind === "events" ? "events of this month" : kind;
      const some = kind !== "events" && usage[kind].used > 0;
      return (
        <div class={`note ${level === "reached" ? "bad" : "warn"}`}>
          <strong>
            {level === "reached" ? `The limit of ${what} is reached` : `Most of the ${what} are used`}:{" "}
            {usedOf(usage[kind])}
          </strong>
          <span>{consequenceOf(kind, level)}</span>
          <span>
            {some && `Delete ${kind} that are not needed under `}
            {some && <Link to={`/${kind}`} label={NAMES[kind]} />}
            {some && ", or "}
            <Larger begin={!some} />
          </span>
        </div>
      );
    })}
  </>
);

const Larger = ({ begin }: { begin: boolean }) =>
  usePageContext().can("admin") ? (
    <>
      {begin ? "Move" : "move"} the workspace to a larger plan under <a href="/portal/workspaces">Workspaces</a>.
    </>
  ) : (
    <>{begin ? "Ask" : "ask"} who administers this deployment for a larger plan.</>
  );

export const usagePages: readonly PageRoute[] = [usagePage];
