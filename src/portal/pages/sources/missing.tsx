import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext } from "../../page-context.ts";
import type { Answer } from "../../page-route.ts";

/** In place of a form for a provider that there is not. */
export function unknownProvider(context: PageContext): Answer {
  return {
    status: 404,
    page: (
      <Page title="There is no such provider">
        <p>
          Choose one of <a href={inWorkspace(context, "/sources/new")}>those that there are</a>.
        </p>
      </Page>
    ),
  };
}
