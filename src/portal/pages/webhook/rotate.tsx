import type { Child } from "hono/jsx";
import type * as z from "zod";
import type { Problem } from "../../../api/problem.ts";
import { Rotated } from "../../../api/webhooks/representation.ts";
import { dialectOf } from "../../../systems/index.ts";
import { Page } from "../../frame.tsx";
import { formField, numberIn, usePageContext } from "../../page-context.ts";
import { action, page } from "../../page-route.ts";
import { CopyLine } from "../../parts/code.tsx";
import { ErrorSummary, Field, Form } from "../../parts/form.tsx";
import { Snippets } from "../../parts/snippets.tsx";
import { Ago, exact } from "../../parts/time.tsx";
import { ofWebhook, webhookTitle } from "../../parts/webhook-head.tsx";
import { loadWebhook, type Webhook, webhookPath } from "./load.ts";

const where = { path: "/portal/{workspace}/webhooks/{webhook}/rotate", scope: "manage" } as const;

/** Asks how a secret is to be replaced. */
export const rotatePage = page(where, async (context) => <Ask webhook={await loadWebhook(context)} />);

/** Replaces it, and shows the new one, which no other page does. */
export const rotateAction = action(where, async (context) => {
  const webhook = await loadWebhook(context);
  const typed = { overlap: formField(context, "overlap") || DEFAULT_OVERLAP, secret: formField(context, "secret") };
  const body = {
    // What does not sign along has no use for being valid.
    overlap_seconds: dialectOf(webhook.dialect).secret.overlaps ? numberIn(typed.overlap) : 0,
    ...(typed.secret === "" ? {} : { secret: typed.secret }),
  };
  const outcome = await context.api.send("POST", webhookPath(context, "/rotate-secret"), body, Rotated);
  if (!outcome.ok) {
    return { status: 422, page: <Ask webhook={webhook} problem={outcome.problem} typed={typed} /> };
  }
  return <NewSecret webhook={webhook} rotated={outcome.data} />;
});

const OVERLAPS = [
  { seconds: "0", name: "Not at all", hint: "If the old one is known to somebody it should not be." },
  { seconds: "3600", name: "1 hour", hint: "If you set the new one in your receiver right away." },
  { seconds: "86400", name: "24 hours", hint: "If your receiver is deployed by others, or later today." },
  { seconds: "604800", name: "7 days", hint: "If it takes a release." },
];
const DEFAULT_OVERLAP = "86400";

function Frame({ webhook, title, children }: { webhook: Webhook; title: string; children?: Child }) {
  const context = usePageContext();
  const { title: name, crumbs } = webhookTitle(context, webhook);
  const settings = ofWebhook(context, webhook, "/settings");
  return (
    <Page title={title} crumbs={[...crumbs, { name, path: settings }]}>
      {children}
    </Page>
  );
}

type FormValues = { overlap: string; secret: string };

function Ask({
  webhook,
  problem = null,
  typed = { overlap: DEFAULT_OVERLAP, secret: "" },
}: {
  webhook: Webhook;
  problem?: Problem | null;
  typed?: FormValues;
}) {
  const context = usePageContext();
  const { overlaps } = dialectOf(webhook.dialect).secret;
  return (
    <Frame webhook={webhook} title="Rotate secret">
      <ErrorSummary problem={problem} shown={["secret"]} />
      <Form to={ofWebhook(context, webhook, "/rotate")} class="card narrow">
        <div class="card-body stack">
          <p>
            The webhook gets a new secret, which signs every delivery from then on, retries included. It is shown once,
            on the next page.
          </p>
          {overlaps ? <OverlapChoice chosen={typed.overlap} /> : <AtOnce />}
          <Field
            name="secret"
            label="A secret of your own"
            hint="Optional. Leave it empty, and a random one is made, which is best."
            problem={problem}
          >
            {(attributes) => (
              <input
                type="text"
                {...attributes}
                value={typed.secret}
                autocomplete="off"
                spellcheck={false}
                class="mono"
              />
            )}
          </Field>
        </div>
        <div class="card-foot">
          <button type="submit" class="primary">
            Rotate secret
          </button>
          <a class="button" href={ofWebhook(context, webhook, "/settings")}>
            Cancel
          </a>
        </div>
      </Form>
    </Frame>
  );
}

const OverlapChoice = ({ chosen }: { chosen: string }) => (
  <fieldset class="stack-s">
    <legend>How long the old secret signs along</legend>
    <p class="hint-text">
      Until then each delivery bears both signatures, and your receiver may verify either: no delivery is refused
      meanwhile.
    </p>
    {OVERLAPS.map(({ seconds, name, hint }) => (
      <label class="choice">
        <input type="radio" name="overlap" value={seconds} checked={seconds === chosen} />
        <span>
          {name}
          <span class="hint">{hint}</span>
        </span>
      </label>
    ))}
  </fieldset>
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

function NewSecret({ webhook, rotated }: { webhook: Webhook; rotated: z.output<typeof Rotated> }) {
  const context = usePageContext();
  const { secret } = rotated;
  const settings = ofWebhook(context, webhook, "/settings");
  return (
    <Frame webhook={webhook} title="New secret">
      <section class="card narrow" data-replace-url={settings} aria-labelledby="secret-head">
        <div class="card-head">
          <h2 id="secret-head">Copy it now</h2>
        </div>
        <div class="card-body stack">
          <p>It is shown on this page only. Keep it where your receiver reads its secrets, not in its source.</p>
          <CopyLine text={secret} label="secret" />
          <p>
            <Before rotated={rotated} />
          </p>
          <Snippets dialect={webhook.dialect} secret={secret} />
        </div>
        <div class="card-foot">
          <a class="button primary" href={settings}>
            I have copied it
          </a>
        </div>
      </section>
    </Frame>
  );
}

/** What becomes of the secret before. */
function Before({ rotated }: { rotated: z.output<typeof Rotated> }) {
  const { previous_valid_until: until, replaced, ended_early: ended } = rotated;
  if (!replaced) return <>It had no secret before: from now on every delivery is signed.</>;
  if (until === null) return <>The old one signs nothing any more. Set the new one in your receiver now.</>;
  return (
    <>
      The old one signs along until {exact(Date.parse(until))} (<Ago at={until} />
      ). Set the new one in your receiver before that.
      {ended > 0 && " The oldest of those before it has ended early: five sign at most."}
    </>
  );
}
