/**
 * What Cloudflare charges on its paid plan beyond what is included, in dollars; November 2026.
 * https://developers.cloudflare.com/workers/platform/pricing/
 * https://developers.cloudflare.com/durable-objects/platform/pricing/
 */
export const DOLLARS = {
  /** An HTTP request to the Worker. */
  request: 0.3e-6,
  /** A call of an object, or an alarm of one. */
  call: 0.15e-6,
  /** A row that is written or deleted. */
  row: 1e-6,
  /** A second in which an object cannot sleep: 128 MB of it at $12.50 a million gigabyte-seconds. */
  activeSecond: 12.5e-6 * 0.128,
  /** A millisecond of CPU time. */
  cpuMs: 0.02e-6,
  /** A gigabyte that is stored for a month. */
  gigabyteMonth: 0.2,
} as const;
