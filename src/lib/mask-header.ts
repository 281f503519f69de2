const CREDENTIAL = /authorization|cookie|token|secret|key|password|signature/i;

/** What stands in place of a value that must not be shown. Not ASCII, so it cannot come back as a header's value. */
export const MASK = "••••";

/** A header's value as it may be shown: what its name says is a credential is masked. */
export function maskHeader(name: string, value: string): string {
  return CREDENTIAL.test(name) ? MASK : value;
}
