/** What names of headers that carry credentials have in them. */
const CREDENTIAL =
  /auth|cookie|token|secret|key|pass(word|wd|phrase|code)|signature|credential|session|jwt|bearer|hmac|^(x-)?(sig|pass|pin|otp)$|-(sig|pass|pin|otp)$/i;

/** A scheme of `Authorization` (RFC 7617, 6750, 7616 and what is usual), or a JSON Web Token: under whatever name. */
const CREDENTIAL_VALUE =
  /^(basic|bearer|digest|token|apikey|hmac|negotiate|aws4-\S+)\s+\S|^eyJ[\w-]+\.[\w-]+\.[\w-]*$/i;

/** What stands in place of a value that must not be shown. Not ASCII, so it cannot come back as a header's value. */
export const MASK = "••••";

/** Whether a value is a credential, by what it looks like. */
export const looksLikeCredential = (value: string): boolean => CREDENTIAL_VALUE.test(value);

/** Whether a header is a credential, by its name or by what its value looks like. */
export const isCredential = (name: string, value: string): boolean =>
  CREDENTIAL.test(name) || looksLikeCredential(value);

/** A header's value as it may be shown: a credential is masked. */
export function maskHeader(name: string, value: string): string {
  return isCredential(name, value) ? MASK : value;
}
