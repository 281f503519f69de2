import { Page } from "../../frame.tsx";
import { inWorkspace } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { Confirm } from "../../parts/form.tsx";
import { loadSource, sourceApi } from "./load.ts";

const PATH = "/portal/{workspace}/sources/{source}/delete";

export const deleteSourcePage = page({ path: PATH, scope: "manage" }, async (context) => {
  const source = await loadSource(context);
  const path = inWorkspace(context, `/sources/${source.id}`);
  return (
    <Page
      title={`Delete ${source.name}?`}
      crumbs={[
        { name: "Sources", path: inWorkspace(context, "/sources") },
        { name: source.name, path },
      ]}
    >
      <Confirm to={`${path}/delete`} back={path} verb="Delete source">
        <p>
          This deletes the source, its credentials, and all of its receipts with their raw requests and files, at once.
        </p>
        <p>
          The provider gets 404 from then on, and what it sends is lost: take the callback URL out of its settings
          first. A new source has another URL.
        </p>
        <p>Events that were published already stay, and go on to your webhooks.</p>
      </Confirm>
    </Page>
  );
});

export const deleteSourceAction = action({ path: PATH, scope: "manage" }, async (context) => {
  await context.api.delete(sourceApi(context));
  return redirect(inWorkspace(context, "/sources"), "deleted");
});
