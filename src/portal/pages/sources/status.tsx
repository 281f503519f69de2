import type { RECEIPT_VERDICTS } from "../../../inbound/contract.ts";
import { Badge } from "../../parts/status.tsx";
import type { Receipt, Rejected } from "./load.ts";

type Verdict = (typeof RECEIPT_VERDICTS)[number];

const TONES = { verified: "good", partial: "warn", ignored: "calm", control: "calm", malformed: "warn" } as const;

export const VerdictBadge = ({ verdict }: { verdict: Verdict }) => <Badge tone={TONES[verdict]}>{verdict}</Badge>;

/** What each verdict means. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  verified: "The provider is known to have sent it, and it became events.",
  partial:
    "The provider is known to have sent it. Some of it became events, and some could not be read: see the reason.",
  ignored:
    "The provider is known to have sent it. There is no event for what it says, so it was kept as a receipt alone.",
  control: "Between the provider and this service: a check answered, a subscription confirmed. It is no event.",
  malformed:
    "The provider is known to have sent it, and it could not be understood. It was answered with success, as the provider would not say it better the next time.",
};

/** So many in a row are no stranger's try any more. */
const IN_A_ROW = 3;

/** How a source is doing: whether it takes callbacks, refuses them, or has had none. */
export function SourceBadge({ last, rejected }: { last: Receipt | undefined; rejected: Rejected }) {
  const refused = rejected.latest.filter(({ at }) => last === undefined || at > last.at).length;
  if (last === undefined) return refused > 0 ? <Badge tone="bad">refusing</Badge> : <Badge tone="calm">waiting</Badge>;
  return refused >= IN_A_ROW ? <Badge tone="bad">refusing</Badge> : <Badge tone="good">receiving</Badge>;
}
