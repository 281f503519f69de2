import type * as z from "zod";
import { Rotated } from "../../../api/webhooks/representation.ts";
import { dialectOf } from "../../../systems/index.ts";
import { Page } from "../../frame.tsx";
import { formField, inWorkspace, numberIn } from "../../page-context.ts";
import { formPage } from "../../page-route.ts";
import { Card, LinkButton } from "../../parts/card.tsx";
import { CopyLine } from "../../parts/code.tsx";
import { Choices, DataField } from "../../parts/fields.tsx";
import { ErrorSummary, FormCard } from "../../parts/form.tsx";
import { Snippets } from "../../parts/snippets.tsx";
import { Ago, Exact } from "../../parts/time.tsx";
import { webhookCrumbs } from "../../parts/webhook-head.tsx";
import { loadWebhook, pathOf } from "./load.ts";

/** Asks how a secret is to be replaced; replaces it, and shows the new one, which no other page does. */
export const rotatePages = formPage(
  { path: "/portal/{workspace}/webhooks/{webhook}/rotate", scope: "manage" },
  {
    initial: () => ({ overlap: DEFAULT_OVERLAP, secret: "" }),
    read: (context) => ({
      overlap: formField(context, "overlap") || DEFAULT_OVERLAP,
      secret: formField(context, "secret"),
    }),
    async submit(context, { overlap, secret }) {
      const webhook = await loadWebhook(context);
      const body = {
        // What does not sign along has no use for being valid.
        overlap_seconds: dialectOf(webhook.dialect).secret.overlaps ? numberIn(overlap) : 0,
        ...(secret === "" ? {} : { secret }),
      };
      const outcome = await context.api.send("POST", pathOf(context, "/rotate-secret"), body, Rotated);
      if (!outcome.ok) return outcome;
      const settings = pathOf(context, "/settings");
      return (
        <Page title="New secret" crumbs={webhookCrumbs(webhook, "/settings")}>
          <Card
            id="secret-head"
            title="Copy it now"
            class="narrow"
            attributes={{ "data-replace-url": inWorkspace(context, settings) }}
            foot={<LinkButton to={settings} kind="primary" label="I have copied it" />}
          >
            <p>It is shown on this page only. Keep it where your receiver reads its secrets, not in its source.</p>
            <CopyLine text={outcome.data.secret} label="secret" />
            <p>
              <Before rotated={outcome.data} />
            </p>
            <Snippets dialect={webhook.dialect} secret={outcome.data.secret} />
          </Card>
        </Page>
      );
    },
    async view(context, values, problem) {
      const webhook = await loadWebhook(context);
      return (
        <Page title="Rotate secret" crumbs={webhookCrumbs(webhook, "/settings")}>
          <ErrorSummary problem={problem} shown={["secret"]} />
          <FormCard
            to={pathOf(context, "/rotate")}
            class="narrow"
            verb="Rotate secret"
            back={pathOf(context, "/settings")}
          >
            <p>
              The webhook gets a new secret, which signs every delivery from then on, retries included. It is shown
              once, on the next page.
            </p>
            {dialectOf(webhook.dialect).secret.overlaps ? <OverlapChoice chosen={values.overlap} /> : <AtOnce />}
            <DataField of={SECRET} values={values} problem={problem} />
          </FormCard>
        </Page>
      );
    },
  },
);

const SECRET = {
  ...{ name: "secret", label: "A secret of your own", class: "mono", spellcheck: false },
  hint: "Optional. Leave it empty, and a random one is made, which is best.",
};

const OVERLAPS = [
  { value: "0", name: "Not at all", hint: "If the old one is known to somebody it should not be." },
  { value: "3600", name: "1 hour", hint: "If you set the new one in your receiver right away." },
  { value: "86400", name: "24 hours", hint: "If your receiver is deployed by others, or later today." },
  { value: "604800", name: "7 days", hint: "If it takes a release." },
];
const DEFAULT_OVERLAP = "86400";

const OverlapChoice = ({ chosen }: { chosen: string }) => (
  <Choices
    legend="How long the old secret signs along"
    name="overlap"
    of={OVERLAPS}
    chosen={[chosen]}
    above={
      <p class="hint-text">
        Until then each delivery bears both signatures, and your receiver may verify either: no delivery is refused
        meanwhile.
      </p>
    }
  />
);

const AtOnce = () => (
  <div class="note warn">
    <strong>The old secret stops at once</strong>
    <span>
      In this dialect a delivery bears one signature. So that none is refused: choose a secret, let your receiver accept
      it beside the old one, and then set it here. What a receiver refuses meanwhile is retried.
    </span>
  </div>
);

/** What becomes of the secret before. */
function Before({ rotated }: { rotated: z.output<typeof Rotated> }) {
  const { previous_valid_until: until, replaced, ended_early: ended } = rotated;
  if (!replaced) return <>It had no secret before: from now on every delivery is signed.</>;
  if (until === null) return <>The old one signs nothing any more. Set the new one in your receiver now.</>;
  return (
    <>
      The old one signs along until <Exact at={until} /> (<Ago at={until} />
      ). Set the new one in your receiver before that.
      {ended > 0 && " The oldest of those before it has ended early: five sign at most."}
    </>
  );
}
