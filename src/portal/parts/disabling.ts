import { span } from "./time.tsx";

/** When a webhook that fails is disabled; null: never. */
type DisableAfter = { failures: number; seconds: number } | null;

/** `10 failed probes`, `10 failed probes and 5 d without a success`; null where it never is. */
export function disabledAfter(after: DisableAfter): string | null {
  if (after === null) return null;
  const probes = after.failures === 1 ? "1 failed probe" : `${after.failures} failed probes`;
  return after.seconds === 0 ? probes : `${probes} and ${span(after.seconds)} without a success`;
}
