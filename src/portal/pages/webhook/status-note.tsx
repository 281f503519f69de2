import { usePageContext } from "../../page-context.ts";
import { Link } from "../../parts/card.tsx";
import { disabledAfter } from "../../parts/disabling.ts";
import { count } from "../../parts/figures.tsx";
import { ActionButton } from "../../parts/form.tsx";
import { Ago, Countdown } from "../../parts/time.tsx";
import { webhookPath } from "../../parts/webhook-head.tsx";
import type { Health, Webhook } from "./load.ts";

/** What became of the events since. */
export function heldText(waiting: number): string {
  if (waiting === 0) return "Events that come are held; so far there is none.";
  const held = waiting === 1 ? "1 delivery is held" : `${count(waiting)} deliveries are held`;
  return `${held}; none is lost, and new events join them.`;
}

/** What stands in the way of deliveries, and what to do about it; nothing where all is well. */
export function StatusNote({ webhook, health }: { webhook: Webhook; health: Health }) {
  if (webhook.status === "disabled") return <Disabled webhook={webhook} health={health} />;
  if (webhook.status === "paused") return <Paused webhook={webhook} health={health} />;
  return health.failing ? <Failing webhook={webhook} health={health} /> : null;
}

type Props = { webhook: Webhook; health: Health };

function Failing({ webhook, health }: Props) {
  const context = usePageContext();
  const after = disabledAfter(webhook.disable_after);
  return (
    <section class="note bad" aria-labelledby="status-note">
      <h2 id="status-note">Failing: {count(health.streak)} failures one after another</h2>
      <p>
        {health.failing_since !== null && (
          <>
            The first was <Ago at={health.failing_since} />.{" "}
          </>
        )}
        One request at a time, a probe, tries whether your receiver answers again. <NextProbe health={health} />
      </p>
      <p>{waitingText(health.waiting)}</p>
      <p>
        {after === null
          ? "It is never disabled: it is probed until it answers."
          : `After ${after} it is disabled; ${probesText(health.failed_probes)}.`}{" "}
        Look at the <a href="#last-failure">last failure</a>, and repair your receiver.
      </p>
      {context.can("manage") && health.waiting > 0 && (
        <div class="row">
          <ActionButton to={webhookPath(webhook.id, "/probe")} kind="primary" label="Probe now" />
        </div>
      )}
    </section>
  );
}

function NextProbe({ health }: Pick<Props, "health">) {
  const context = usePageContext();
  if (health.in_flight > 0) return <>A probe is under way.</>;
  if (health.next_probe_at === null) return null;
  if (Date.parse(health.next_probe_at) <= context.now && health.waiting === 0)
    return <>The next event is the next probe.</>;
  return (
    <>
      The next goes out <Countdown to={health.next_probe_at} />.
    </>
  );
}

/** What became of what was to be sent. */
function waitingText(waiting: number): string {
  if (waiting === 0) return "No delivery waits; new events wait until a probe succeeds, and none is lost.";
  const wait = waiting === 1 ? "1 delivery waits" : `${count(waiting)} deliveries wait`;
  return `${wait}, which uses up no attempt; none is lost, and new events join them. As soon as a probe succeeds they go out, oldest first.`;
}

function probesText(failed: number): string {
  if (failed === 0) return "no probe has failed yet";
  return failed === 1 ? "1 probe has failed so far" : `${count(failed)} probes have failed so far`;
}

function Disabled({ webhook, health }: Props) {
  const context = usePageContext();
  return (
    <section class="note bad" aria-labelledby="status-note">
      <h2 id="status-note">Disabled after {reasonOf(webhook)}</h2>
      <p>
        Nothing has been sent since <Ago at={health.last_failure_at ?? webhook.updated_at} />.{" "}
        {heldText(health.waiting)}
      </p>
      <ol class="steps">
        <li>
          Look at the <a href="#last-failure">last failure</a>: what your receiver answered, and what it means.
        </li>
        <li>
          Repair your receiver
          {context.can("manage") && (
            <>
              {" "}
              or change the webhook in its <Link to={webhookPath(webhook.id, "/settings")} label="settings" />
            </>
          )}
          .
        </li>
        <li>Enable the webhook: what is held goes out, oldest first.</li>
      </ol>
      <Again webhook={webhook} verb="enable" label="Enable" />
    </section>
  );
}

function Paused({ webhook, health }: Props) {
  return (
    <section class="note warn" aria-labelledby="status-note">
      <h2 id="status-note">Paused</h2>
      <p>Nothing is sent. {heldText(health.waiting)} On resume they go out, oldest first.</p>
      <Again webhook={webhook} verb="resume" label="Resume" />
    </section>
  );
}

function Again({ webhook, verb, label }: Pick<Props, "webhook"> & { verb: string; label: string }) {
  const context = usePageContext();
  if (!context.can("manage")) return <p>Somebody with the scope manage can do that.</p>;
  return (
    <div class="row">
      <ActionButton to={webhookPath(webhook.id, `/${verb}`)} kind="primary" label={label} />
    </div>
  );
}

/** The reason why it was disabled, in plain words. */
function reasonOf({ disabled_reason }: Webhook): string {
  if (disabled_reason === null) return "too many failures";
  return disabled_reason
    .replace(/^(\d+) consecutive failures$/, "$1 failures one after another")
    .replace(/^(\d+) consecutive failed probes$/, "$1 failed probes one after another")
    .replace(/^answered /, "an answer of ");
}
