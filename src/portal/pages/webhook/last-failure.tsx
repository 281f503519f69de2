import { inWorkspace, usePageContext } from "../../page-context.ts";
import { adviceFor } from "../../parts/advice.ts";
import { Json } from "../../parts/code.tsx";
import { Answered, meaningOf } from "../../parts/status.tsx";
import { Ago, duration } from "../../parts/time.tsx";
import type { LastFailure } from "./load.ts";

/** The latest attempt that failed: what came back, what it means, and what to do. An empty place where there is none. */
export function LastFailureCard({ failure }: { failure: LastFailure | null }) {
  const context = usePageContext();
  if (!failure) return <div id="last-failure" class="gone" />;
  const { delivery, attempt } = failure;
  const advice = adviceFor(attempt);
  const page = inWorkspace(context, `/deliveries/${delivery.id}`);
  return (
    <section id="last-failure" class="card" aria-labelledby="last-failure-head" tabindex={-1}>
      <div class="card-head">
        <h2 id="last-failure-head">Last failure</h2>
        <span class="quiet">
          <Ago at={attempt.at} />
        </span>
        <a class="right" href={page}>
          Open delivery
        </a>
      </div>
      <div class="card-body stack">
        {attempt.error !== null && (
          <div class="stack-s">
            <p>
              <strong>
                <Answered status={attempt.status} error={attempt.error} />
              </strong>{" "}
              {meaningOf(attempt.error)}
            </p>
            {advice && <p>{advice}</p>}
          </div>
        )}
        <dl class="facts">
          <dt>Event</dt>
          <dd class="mono">{delivery.event}</dd>
          <dt>Attempt</dt>
          <dd>
            {attempt.number}, which took {duration(attempt.duration_ms)}
          </dd>
        </dl>
        {attempt.response_body !== "" && (
          <div class="stack-s short">
            <h3>Its answer</h3>
            <Json text={attempt.response_body} label="answer body" />
          </div>
        )}
        {attempt.response_body === "" && attempt.status !== null && <p class="quiet">Its answer had no body.</p>}
      </div>
    </section>
  );
}
