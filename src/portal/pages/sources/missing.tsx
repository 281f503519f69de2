import { Page } from "../../frame.tsx";
import type { Answer } from "../../page-route.ts";
import { inWorkspace, type Visit } from "../../visit.ts";

/** In place of a form for a provider that there is not. */
export function unknownProvider(visit: Visit): Answer {
  return {
    status: 404,
    page: (
      <Page visit={visit} title="There is no such provider">
        <p>
          Choose one of <a href={inWorkspace(visit, "/sources/new")}>those that there are</a>.
        </p>
      </Page>
    ),
  };
}
