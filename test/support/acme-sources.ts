import Stripe from "stripe";
import { twilioSigned } from "../../src/inbound/providers/twilio-sms/cases.ts";
import { deliver, forge, JSON_TYPE, type Outgoing, sample, WHSEC } from "./provider-callbacks.ts";
import { dataOf, type Workspace } from "./workspace.ts";

/** Lets a provider call, each time the next one. */
export type Callbacks = () => Promise<void>;

const AUTH_TOKEN = "12345678901234567890123456789012";

/** A text message on its way: each has three callbacks, or is answered. */
function text(n: number): (url: string) => Outgoing {
  const kinds = ["status queued", "status delivered", "inbound text"];
  const form = new URLSearchParams(sample("twilio-sms", kinds[n % 3] ?? ""));
  form.set("MessageSid", `SM${String(Math.floor(n / 2)).padStart(32, "4c9a17e0")}`);
  if (form.has("SmsSid")) form.set("SmsSid", form.get("MessageSid") ?? "");
  const signed = twilioSigned(form.toString(), AUTH_TOKEN);
  // Somebody tries without the key, once.
  return (url) => (n === 30 ? forge(signed(url), ["body", "MessageSid"]) : signed(url));
}

function payment(n: number): Outgoing {
  const event = { ...JSON.parse(sample("stripe", "event")), id: `evt_1P${n}` };
  const payload = JSON.stringify(event);
  const signature = new Stripe("sk_test_unused").webhooks.generateTestHeaderString({ payload, secret: WHSEC });
  return { method: "POST", headers: { ...JSON_TYPE, "stripe-signature": signature }, body: payload };
}

/** A desk's number and its payments. */
export async function furnishSources(workspace: Workspace): Promise<{ source: string; callbacks: Callbacks }> {
  const add = async (fields: Record<string, unknown>) =>
    dataOf(await workspace.call<{ data: { id: string; callback_url: string } }>("POST", "/sources", fields));
  const phone = await add({ provider: "twilio-sms", name: "Support number", credentials: { auth_token: AUTH_TOKEN } });
  const payments = await add({ provider: "stripe", name: "Payments", credentials: { signing_secret: WHSEC } });
  await add({ provider: "github", name: "acme/helpdesk", credentials: { secret: "8f742231b10e8888abcd99yyyzzz85a5" } });
  let n = 0;
  const callbacks = async () => {
    const [url, outgoing] =
      n % 5 === 4 ? [payments.callback_url, payment(n)] : [phone.callback_url, text(n)(phone.callback_url)];
    n++;
    await deliver(url, outgoing);
  };
  return { source: phone.id, callbacks };
}
