import { count } from "../../parts/figures.tsx";
import { ActionButton } from "../../parts/form.tsx";
import { Ago } from "../../parts/time.tsx";
import { ofWebhook } from "../../parts/webhook-head.tsx";
import type { Visit } from "../../visit.ts";
import type { Health, Webhook } from "./load.ts";

/** At so many failures one after another, a webhook is disabled; from half of them on, people are warned. */
export const DISABLED_AT = 10;
const WARNED_AT = 5;

/** What became of the events since. */
export function heldText(waiting: number): string {
  if (waiting === 0) return "Events that come are held; so far there is none.";
  const held = waiting === 1 ? "1 delivery is held" : `${count(waiting)} deliveries are held`;
  return `${held}; none is lost, and new events join them.`;
}

/** What stands in the way of deliveries, and what to do about it; nothing where all is well. */
export function Standing({ visit, webhook, health }: { visit: Visit; webhook: Webhook; health: Health }) {
  if (webhook.status === "disabled") return <Disabled visit={visit} webhook={webhook} health={health} />;
  if (webhook.status === "paused") return <Paused visit={visit} webhook={webhook} health={health} />;
  if (health.streak < WARNED_AT) return null;
  return (
    <section class="note warn" aria-labelledby="standing">
      <h2 id="standing">{health.streak} failures one after another</h2>
      <p>
        After {DISABLED_AT} the webhook is disabled, and its events are held until somebody enables it again. Look at
        the <a href="#last-failure">last failure</a>, and repair your receiver: one success starts the count at 0.
      </p>
    </section>
  );
}

type Props = { visit: Visit; webhook: Webhook; health: Health };

function Disabled({ visit, webhook, health }: Props) {
  return (
    <section class="note bad" aria-labelledby="standing">
      <h2 id="standing">Disabled after {reasonOf(webhook)}</h2>
      <p>
        Nothing has been sent since <Ago at={health.last_failure_at ?? webhook.updated_at} now={visit.now} />.{" "}
        {heldText(health.waiting)}
      </p>
      <ol class="steps">
        <li>
          Look at the <a href="#last-failure">last failure</a>: what your receiver answered, and what it means.
        </li>
        <li>
          Repair your receiver
          {visit.can("manage") && (
            <>
              {" "}
              or change the webhook in its <Settings visit={visit} webhook={webhook} />
            </>
          )}
          .
        </li>
        <li>Enable the webhook: what is held goes out, oldest first.</li>
      </ol>
      <Again visit={visit} webhook={webhook} verb="enable" label="Enable" />
    </section>
  );
}

const Settings = ({ visit, webhook }: Pick<Props, "visit" | "webhook">) => (
  <a href={ofWebhook(visit, webhook, "/settings")}>settings</a>
);

function Paused({ visit, webhook, health }: Props) {
  return (
    <section class="note warn" aria-labelledby="standing">
      <h2 id="standing">Paused</h2>
      <p>Nothing is sent. {heldText(health.waiting)} On resume they go out, oldest first.</p>
      <Again visit={visit} webhook={webhook} verb="resume" label="Resume" />
    </section>
  );
}

function Again({ visit, webhook, verb, label }: Pick<Props, "visit" | "webhook"> & { verb: string; label: string }) {
  if (!visit.can("manage")) return <p>Somebody with the scope manage can do that.</p>;
  return (
    <div class="row">
      <ActionButton visit={visit} to={ofWebhook(visit, webhook, `/${verb}`)} kind="primary">
        {label}
      </ActionButton>
    </div>
  );
}

/** The reason why it was disabled, in plain words. */
function reasonOf({ disabled_reason }: Webhook): string {
  if (disabled_reason === null) return "too many failures";
  return disabled_reason
    .replace(/^(\d+) consecutive failures$/, "$1 failures one after another")
    .replace(/^answered /, "an answer of ");
}
