import { adviceFor } from "../../parts/advice.ts";
import { Code, Json } from "../../parts/code.tsx";
import { Answered, meaningOf } from "../../parts/status.tsx";
import { Ago, duration, Exact } from "../../parts/time.tsx";
import { type Delivery, TRIGGERED } from "./meaning.ts";

type Attempt = Delivery["attempts"][number];

/** Every attempt with its answer, the latest first and open. */
export function Attempts({ delivery }: { delivery: Delivery }) {
  const latestFirst = [...delivery.attempts].reverse();
  return (
    <section class="card" aria-labelledby="attempts">
      <div class="card-head">
        <h2 id="attempts">Attempts</h2>
      </div>
      {latestFirst.length === 0 && (
        <p class="card-body quiet">None yet. Each stands here with its answer as soon as it was made.</p>
      )}
      {latestFirst.map((attempt, index) => (
        <details class="attempt" id={`attempt-${attempt.number}`} open={index === 0}>
          <summary>
            <span class="mono quiet">#{attempt.number}</span>
            <span class={attempt.error === null ? "badge good" : "badge bad"}>
              {attempt.error === null ? "succeeded" : "failed"}
            </span>
            <Answered status={attempt.status} error={attempt.error} />
            <span class="quiet">{TRIGGERED[attempt.trigger]}</span>
            <span class="right quiet">
              {duration(attempt.duration_ms)} · <Ago at={attempt.at} />
            </span>
          </summary>
          <AttemptBody attempt={attempt} />
        </details>
      ))}
    </section>
  );
}

function AttemptBody({ attempt }: { attempt: Attempt }) {
  const { number, error, response_headers: headers, response_body: body } = attempt;
  const advice = adviceFor(attempt);
  return (
    <div class="stack">
      <p>
        {error !== null && <strong>{meaningOf(error)} </strong>}
        <span class="quiet">
          Sent <Exact at={attempt.at} />, answered within {duration(attempt.duration_ms)}.
        </span>
      </p>
      {advice && <p>{advice}</p>}
      {attempt.status !== null && (
        <>
          <div class="stack-s">
            <h3>Answer headers</h3>
            {headers === null ? (
              <p class="quiet small">Not kept: those of the latest five attempts are.</p>
            ) : Object.keys(headers).length === 0 ? (
              <p class="quiet small">It had none.</p>
            ) : (
              <Code text={headerLines(headers)} label={`answer headers of attempt ${number}`} wrap />
            )}
          </div>
          <div class="stack-s">
            <h3>Answer body</h3>
            {body === "" ? (
              <p class="quiet small">It was empty.</p>
            ) : (
              <Json text={body} label={`answer body of attempt ${number}`} />
            )}
            {body.length >= 4096 && <p class="quiet small">Only the first 4,096 bytes are kept.</p>}
          </div>
        </>
      )}
    </div>
  );
}

/** Headers as they stand in a request. */
export const headerLines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
