import {
  hmac,
  jwt,
  type OwnCase,
  SECRET,
  sample,
  seconds,
  sha256,
  sorted,
} from "../../../../test/support/provider-callbacks.ts";

const messagebirdQuery = sample("messagebird", "SMS status report delivered");

const messagebird: OwnCase = {
  name: "MessageBird, signed by a digest",
  credentials: { signing_key: SECRET },
  options: { generation: "hmac" },
  callback: () => {
    const time = String(seconds());
    const query = sorted(messagebirdQuery.split("&").map((pair) => [pair, ""] as const))
      .map(([pair]) => pair)
      .join("&");
    const signature = hmac("sha256", SECRET, "base64", `${time}\n${query}\n`, sha256(""));
    return {
      method: "GET",
      query: messagebirdQuery,
      headers: { "messagebird-request-timestamp": time, "messagebird-signature": signature },
    };
  },
  repeatsAnew: true,
  forge: ["query", "recipient=31612345678"],
  event: "sms.delivered",
  data: {
    status: "delivered",
    message_id: "e8077d803532c0b5937c639b60216938",
    recipient: "31612345678",
    occurred_at: "2016-05-03T08:58:10.000Z",
  },
};

const messagebirdToken: OwnCase = {
  ...messagebird,
  name: "MessageBird, signed by a token",
  options: { generation: "jwt" },
  callback: (url) => {
    const now = seconds();
    const claims = {
      iss: "MessageBird",
      nbf: now - 1,
      exp: now + 60,
      jti: crypto.randomUUID(),
      url_hash: sha256(`${url}?${messagebirdQuery}`).toString("hex"),
    };
    return { method: "GET", query: messagebirdQuery, headers: { "messagebird-signature-jwt": jwt(claims, SECRET) } };
  },
};

export const cases: readonly OwnCase[] = [messagebird, messagebirdToken];
