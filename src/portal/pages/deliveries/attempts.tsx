import { adviceFor } from "../../parts/advice.ts";
import { Card } from "../../parts/card.tsx";
import { Code, CopyLine, Json } from "../../parts/code.tsx";
import { Answered, meaningOf } from "../../parts/status.tsx";
import { Ago, duration, Exact } from "../../parts/time.tsx";
import { curlOf, maskedOf } from "./curl.ts";
import { type Delivery, TRIGGERED } from "./meaning.tsx";

type Attempt = Delivery["attempts"][number];

/** Every attempt with its answer, the latest first and open. */
export function Attempts({ delivery }: { delivery: Delivery }) {
  const latestFirst = [...delivery.attempts].reverse();
  return (
    <Card id="attempts" title="Attempts" body={null}>
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
    </Card>
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
            {headers === null && <p class="quiet small">Not kept: those of the latest five attempts are.</p>}
            {headers !== null && Object.keys(headers).length === 0 && <p class="quiet small">It had none.</p>}
            {headers !== null && Object.keys(headers).length > 0 && (
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
const headerLines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

/** The request of the last attempt, and how to send it by hand. */
export function SentRequestCard({ request }: { request: Delivery["request"] }) {
  if (request === null) {
    return (
      <Card id="request" title="Request" body={null}>
        <p class="card-body quiet">Nothing was sent yet. The request stands here after the first attempt.</p>
      </Card>
    );
  }
  const masked = maskedOf(request.headers);
  const copy = (
    <button type="button" class="small right" data-copy={curlOf(request)}>
      Copy as curl
    </button>
  );
  return (
    <Card id="request" title="Request as sent last" head={copy}>
      <div class="stack-s">
        <h3>URL</h3>
        <CopyLine text={request.url} label="URL" />
      </div>
      <div class="stack-s">
        <h3>Headers</h3>
        <Code text={headerLines(request.headers)} label="request headers" wrap />
        {masked.length > 0 && (
          <p class="small quiet">
            <span class="mono">{masked.join(", ")}</span> {masked.length === 1 ? "is" : "are"} masked here (••••) and{" "}
            {masked.length === 1 ? "was" : "were"} sent in full. Put the {masked.length === 1 ? "value" : "values"} into
            the curl command before you run it.
          </p>
        )}
      </div>
      <div class="stack-s">
        <h3>Body</h3>
        <Json text={request.body} label="request body" />
      </div>
      <details class="more">
        <summary>The curl command</summary>
        <div class="stack-s">
          <Code text={curlOf(request)} label="curl command" wrap />
          <p class="small quiet">
            It has the signature of the last attempt. A receiver that checks its time refuses it after some minutes:
            redeliver instead.
          </p>
        </div>
      </details>
    </Card>
  );
}
