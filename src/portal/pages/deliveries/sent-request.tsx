import { Code, CopyLine, Json } from "../../parts/code.tsx";
import { headerLines } from "./attempts.tsx";
import { curlOf, maskedOf } from "./curl.ts";
import type { Delivery } from "./meaning.ts";

/** The request of the last attempt, and how to send it by hand. */
export function SentRequestCard({ request }: { request: Delivery["request"] }) {
  if (request === null) {
    return (
      <section class="card" aria-labelledby="request">
        <div class="card-head">
          <h2 id="request">Request</h2>
        </div>
        <p class="card-body quiet">Nothing was sent yet. The request stands here after the first attempt.</p>
      </section>
    );
  }
  const masked = maskedOf(request.headers);
  return (
    <section class="card" aria-labelledby="request">
      <div class="card-head">
        <h2 id="request">Request as sent last</h2>
        <button type="button" class="small right" data-copy={curlOf(request)}>
          Copy as curl
        </button>
      </div>
      <div class="card-body stack">
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
              {masked.length === 1 ? "was" : "were"} sent in full. Put the {masked.length === 1 ? "value" : "values"}{" "}
              into the curl command before you run it.
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
      </div>
    </section>
  );
}
