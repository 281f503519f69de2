import type { Child } from "hono/jsx";
import { dialectOf } from "../../../systems/index.ts";
import { usePageContext } from "../../page-context.ts";
import { CopyLine } from "../../parts/code.tsx";
import { disabledAfter } from "../../parts/disabling.ts";
import { count } from "../../parts/figures.tsx";
import { Snippets } from "../../parts/snippets.tsx";
import { Ago, duration, span } from "../../parts/time.tsx";
import { ofWebhook } from "../../parts/webhook-head.tsx";
import type { Webhook } from "./load.ts";

/** Everything that can be set of a webhook, as it is. */
export function SettingsFacts({ webhook }: { webhook: Webhook }) {
  const context = usePageContext();
  const headers = Object.entries(webhook.headers);
  return (
    <section class="card" aria-labelledby="facts-head">
      <div class="card-head">
        <h2 id="facts-head">Webhook</h2>
        {context.can("manage") && (
          <a class="button small right" href={ofWebhook(context, webhook, "/edit")}>
            Edit<span class="visually-hidden"> webhook</span>
          </a>
        )}
      </div>
      <dl class="card-body facts">
        <Fact name="URL">
          <CopyLine text={webhook.url} label="URL" />
        </Fact>
        <Fact name="Name">{webhook.name ?? <None />}</Fact>
        <Fact name="Description">{webhook.description ?? <None />}</Fact>
        <Fact name="Events">
          <Tags of={webhook.events} />
        </Fact>
        <Fact name="Channels">
          {webhook.channels.length === 0 ? (
            <span class="quiet">All: events of every channel and of none</span>
          ) : (
            <Tags of={webhook.channels} />
          )}
        </Fact>
        {webhook.survey !== null && (
          <Fact name="Survey">
            <span class="mono">{webhook.survey}</span>
          </Fact>
        )}
        <Fact name="Dialect">
          <span class="tag">{webhook.dialect}</span>
        </Fact>
        <Fact name="Headers">
          {headers.length === 0 ? <None text="None beside the dialect's" /> : <Headers of={headers} />}
        </Fact>
        <Fact name="Retries">{retriesText(webhook.retry_policy)}</Fact>
        <Fact name="Timeout">{duration(webhook.timeout_ms)} for connecting, headers and body</Fact>
        <Fact name="Requests at once">
          {webhook.max_concurrency === null ? (
            <span class="quiet">As many as the deployment allows</span>
          ) : (
            `At most ${count(webhook.max_concurrency)}`
          )}
        </Fact>
        <Fact name="Disabled after">
          {disabledAfter(webhook.disable_after) ?? "Never: it is probed until it answers"}
        </Fact>
        <Fact name="410 Gone">
          {webhook.disable_on_gone ? "Disables the webhook at once" : "Is tried again, as any failure"}
        </Fact>
        <Fact name="Id">
          <CopyLine text={webhook.id} label="id" />
        </Fact>
        <Fact name="Created">
          <Ago at={webhook.created_at} />
        </Fact>
        <Fact name="Changed">
          <Ago at={webhook.updated_at} />
        </Fact>
      </dl>
    </section>
  );
}

/** How receivers know that a delivery is ours. */
export function SigningCard({ webhook }: { webhook: Webhook }) {
  const context = usePageContext();
  const { required } = dialectOf(webhook.dialect).secret;
  return (
    <section class="card" aria-labelledby="signing-head">
      <div class="card-head">
        <h2 id="signing-head">Signing secret</h2>
        {context.can("manage") && (
          <a class="button small right" href={ofWebhook(context, webhook, "/rotate")}>
            {required ? "Rotate secret…" : "Set or rotate secret…"}
          </a>
        )}
      </div>
      <div class="card-body stack">
        <p>
          {required
            ? "Every delivery is signed with it."
            : "Deliveries are signed as soon as the webhook has a secret; in this dialect it may have none."}{" "}
          Your receiver computes the same signature and refuses what bears another. A secret is shown once, when it is
          set: if yours is lost, rotate it.
        </p>
        <Snippets dialect={webhook.dialect} />
      </div>
    </section>
  );
}

const Fact = ({ name, children }: { name: string; children?: Child }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

const None = ({ text = "None" }: { text?: string }) => <span class="quiet">{text}</span>;

const Tags = ({ of }: { of: readonly string[] }) => (
  <ul class="tag-list">
    {of.map((each) => (
      <li class="tag">{each}</li>
    ))}
  </ul>
);

const Headers = ({ of }: { of: [string, string][] }) => (
  <ul class="plain-list mono">
    {of.map(([name, value]) => (
      <li>
        {name}: {value}
      </li>
    ))}
  </ul>
);

/** `5 retries, after 30 s, 2 min …; given up after 2.8 h`. */
export function retriesText(delays: readonly number[]): string {
  if (delays.length === 0) return "None: a delivery that fails is not tried again";
  const total = delays.reduce((sum, delay) => sum + delay, 0);
  const number = delays.length === 1 ? "1 retry" : `${delays.length} retries`;
  return `${number}, after ${delays.map(span).join(", ")}; given up ${span(total)} after the first attempt`;
}
