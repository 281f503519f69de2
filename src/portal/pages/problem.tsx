import type { Problem } from "../../api/problem.ts";
import { Document, Page } from "../frame.tsx";
import type { PageContext } from "../page-context.ts";

/** What to do about it, where there is something. */
const ADVICE: Partial<Record<Problem["code"], string>> = {
  not_found: "It may have been deleted, or the address is incomplete.",
  forbidden: "Sign in with a token that may do it, or ask who administers this deployment.",
  rate_limited: "Wait a moment, then reload the page.",
  unavailable: "Wait a moment, then reload the page.",
  internal_error: "Reload the page. If it stays, give the request id to who runs this deployment.",
};

/** A page in place of one that there is not, or that failed. */
export function ProblemPage({
  context,
  problem,
}: {
  context: PageContext | Pick<PageContext, "nonce" | "theme">;
  problem: Problem;
}) {
  const body = (
    <div class="stack">
      <p class="break">{problem.detail}</p>
      {ADVICE[problem.code] && <p class="quiet">{ADVICE[problem.code]}</p>}
      <p class="small quiet">
        Request id <code>{problem.request_id}</code>
      </p>
      <p>
        <a href="/portal">To the start</a>
      </p>
    </div>
  );
  if ("api" in context) {
    return <Page title={problem.title}>{body}</Page>;
  }
  return (
    <Document context={context} title={problem.title}>
      <main class="alone stack" id="main">
        <h1>{problem.title}</h1>
        {body}
      </main>
    </Document>
  );
}
