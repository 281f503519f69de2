import { hmac, JSON_TYPE, type OwnCase, SECRET, seconds } from "../../../../test/support/provider-callbacks.ts";

const generic: OwnCase = {
  name: "anybody who signs by HMAC",
  credentials: { secret: SECRET },
  options: {
    scheme: "hmac",
    header: "X-Signature",
    encoding: "base64",
    prefix: "v1=",
    timestamp_header: "X-Time",
    event_path: "kind",
    id_path: "no",
  },
  callback: () => {
    const body = '{"kind":"door.opened","no":"41"}';
    const time = String(seconds());
    const signature = `v1=${hmac("sha256", SECRET, "base64", `${time}.${body}`)}`;
    return { method: "POST", headers: { ...JSON_TYPE, "x-time": time, "x-signature": signature }, body };
  },
  repeatsAnew: true,
  forge: ["body", '"no":"41'],
  event: "generic.door.opened",
  data: { event: "door.opened", payload: { kind: "door.opened", no: "41" } },
};

export const cases: readonly OwnCase[] = [generic];
