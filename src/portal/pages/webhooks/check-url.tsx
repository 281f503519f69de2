import { ApiError } from "../../../api/problem.ts";
import { checkTarget } from "../../../api/webhooks/checks.ts";
import { WebhookUrl } from "../../../api/webhooks/fields.ts";
import { formField, type PageContext } from "../../page-context.ts";
import { action } from "../../page-route.ts";

/** What the field of a URL says while it is typed: the judgement that the API would come to, and its reason. */
export const checkUrlPage = action(
  { path: "/portal/{workspace}/webhooks/check-url", scope: "manage" },
  async (context) => {
    const url = formField(context, "url");
    if (url === "") return <UrlVerdict wrong={undefined} />;
    const wrong = await complaintOf(context, url);
    return <UrlVerdict wrong={wrong} good={wrong === undefined} />;
  },
);

async function complaintOf(context: PageContext, url: string): Promise<string | undefined> {
  const parsed = WebhookUrl.safeParse(url);
  if (!parsed.success) return parsed.error.issues[0]?.message;
  try {
    await checkTarget(context.env, "url", url, context.url.origin);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.errors?.[0]?.message ?? error.message.replace(/^url: /, "");
    throw error;
  }
}

/** @param good whether the guard has passed it; it may also not have been asked */
export function UrlVerdict({ wrong, good = false }: { wrong: string | undefined; good?: boolean }) {
  if (wrong !== undefined) return <span class="wrong">{wrong}</span>;
  return good ? (
    <span class="right-answer">Looks good: deliveries may go there.</span>
  ) : (
    <span class="hint">&nbsp;</span>
  );
}
