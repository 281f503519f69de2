import { FAILING_AT } from "../../../delivery/probing.ts";
import { count, Figure, percent } from "../../parts/figures.tsx";
import { duration } from "../../parts/time.tsx";
import type { Health, Webhook } from "./load.ts";

const ofProbes = ({ disable_after }: Webhook): string =>
  disable_after === null ? "" : `of ${count(disable_after.failures)}`;

/** How the webhook is doing now, in figures. */
export function HealthFigures({ webhook, health }: { webhook: Webhook; health: Health }) {
  return (
    <dl class="figures">
      <Figure name="Success rate, 24 h" value={percent(health.success_rate_24h)} />
      {health.failing ? (
        <Figure name="Failed probes" value={count(health.failed_probes)} unit={ofProbes(webhook)} />
      ) : (
        <Figure name="Failures in a row" value={health.streak} unit={`of ${FAILING_AT}`} />
      )}
      <Figure name={webhook.status === "active" ? "Waiting" : "Held"} value={count(health.waiting)} />
      <Figure name="In flight" value={count(health.in_flight)} />
      <Figure name="Latency p50, 24 h" value={duration(health.p50_ms_24h)} />
      <Figure name="Latency p95, 24 h" value={duration(health.p95_ms_24h)} />
    </dl>
  );
}
