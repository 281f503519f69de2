import type { Dialect, Message } from "../systems/index.ts";
import { USER_AGENT } from "./request.ts";

/**
 * What an attempt sends: the dialect's body and headers, signed, and the endpoint's own headers, which give way to those.
 * @param timestamp when the attempt is made, in seconds since 1970
 */
export async function compose(
  dialect: Dialect,
  message: Message,
  { secrets, headers }: { secrets: readonly string[]; headers: Readonly<Record<string, string>> },
  timestamp: number,
): Promise<{ headers: Record<string, string>; body: string; signature: string | undefined }> {
  const body = dialect.body(message);
  const signature = secrets.length > 0 ? await dialect.sign(secrets, message, timestamp, body) : undefined;
  return {
    headers: { ...headers, "user-agent": USER_AGENT, ...dialect.headers(message, { timestamp, signature }) },
    body,
    signature,
  };
}
