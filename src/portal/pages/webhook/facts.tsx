import { dialectOf } from "../../../systems/index.ts";
import { Card, Facts, LinkButton, Quiet } from "../../parts/card.tsx";
import { CopyLine } from "../../parts/code.tsx";
import { disabledAfter } from "../../parts/disabling.ts";
import { count } from "../../parts/figures.tsx";
import { Snippets } from "../../parts/snippets.tsx";
import { Ago, duration, span } from "../../parts/time.tsx";
import { webhookPath } from "../../parts/webhook-head.tsx";
import type { Webhook } from "./load.ts";

/** Everything that can be set of a webhook, as it is. */
export function SettingsFacts({ webhook }: { webhook: Webhook }) {
  const { channels, survey, max_concurrency: most } = webhook;
  const headers = Object.entries(webhook.headers);
  const edit = (
    <>
      Edit<span class="visually-hidden"> webhook</span>
    </>
  );
  return (
    <Card
      id="facts-head"
      title="Webhook"
      head={<LinkButton to={webhookPath(webhook.id, "/edit")} kind="small right" label={edit} scope="manage" />}
      body={null}
    >
      <Facts
        class="card-body facts"
        of={[
          ["URL", <CopyLine text={webhook.url} label="URL" />],
          ["Name", webhook.name ?? <Quiet text="None" />],
          ["Description", webhook.description ?? <Quiet text="None" />],
          ["Events", <TagList of={webhook.events} />],
          ["Channels", channels.length === 0 ? <Quiet text={ALL_CHANNELS} /> : <TagList of={channels} />],
          survey !== null && ["Survey", <span class="mono">{survey}</span>],
          ["Dialect", <span class="tag">{webhook.dialect}</span>],
          ["Headers", headers.length === 0 ? <Quiet text="None beside the dialect's" /> : <Headers of={headers} />],
          ["Retries", retriesText(webhook.retry_policy)],
          ["Timeout", `${duration(webhook.timeout_ms)} for connecting, headers and body`],
          ["Requests at once", most === null ? <Quiet text={AS_MANY} /> : `At most ${count(most)}`],
          ["Disabled after", disabledAfter(webhook.disable_after) ?? "Never: it is probed until it answers"],
          ["410 Gone", webhook.disable_on_gone ? "Disables the webhook at once" : "Is tried again, as any failure"],
          ["Id", <CopyLine text={webhook.id} label="id" />],
          ["Created", <Ago at={webhook.created_at} />],
          ["Changed", <Ago at={webhook.updated_at} />],
        ]}
      />
    </Card>
  );
}

const ALL_CHANNELS = "All: events of every channel and of none";
const AS_MANY = "As many as the deployment allows";

/** How receivers know that a delivery is ours. */
export function SigningCard({ webhook }: { webhook: Webhook }) {
  const { required } = dialectOf(webhook.dialect).secret;
  const label = required ? "Rotate secret…" : "Set or rotate secret…";
  return (
    <Card
      id="signing-head"
      title="Signing secret"
      head={<LinkButton to={webhookPath(webhook.id, "/rotate")} kind="small right" label={label} scope="manage" />}
    >
      <p>
        {required
          ? "Every delivery is signed with it."
          : "Deliveries are signed as soon as the webhook has a secret; in this dialect it may have none."}{" "}
        Your receiver computes the same signature and refuses what bears another. A secret is shown once, when it is
        set: if yours is lost, rotate it.
      </p>
      <Snippets dialect={webhook.dialect} />
    </Card>
  );
}

const TagList = ({ of }: { of: readonly string[] }) => (
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
