import type { SignatureForm } from "../../systems/index.ts";

/** For Node's own http and for Express: header names in lower case. */
export function nodeSnippet(form: SignatureForm): string {
  return form.scheme === "standard" ? standard : body(form);
}

const body = ({ header, prefix }: { header: string; prefix: string }): string => {
  const digest = 'createHmac("sha256", secret).update(rawBody).digest("hex")';
  return `import { createHmac, timingSafeEqual } from "node:crypto";

// rawBody: the request's body as it came, before anything parses it.
// Express: app.post("/webhooks", express.raw({ type: "*/*" }), (req, res) =>
//   res.sendStatus(verify(req.body, req.headers, process.env.WEBHOOK_SECRET) ? 204 : 401));
export function verify(rawBody, headers, secret) {
  const given = Buffer.from(headers["${header}"] ?? "");
  const expected = Buffer.from(${prefix === "" ? digest : `"${prefix}" + ${digest}`});
  return given.length === expected.length && timingSafeEqual(given, expected);
}
`;
};

const standard = `import { createHmac, timingSafeEqual } from "node:crypto";

// rawBody: the request's body as it came, before anything parses it.
// Express: app.post("/webhooks", express.raw({ type: "*/*" }), (req, res) =>
//   res.sendStatus(verify(req.body, req.headers, process.env.WEBHOOK_SECRET) ? 204 : 401));
export function verify(rawBody, headers, secret) {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  // Older than five minutes: somebody may be sending it again.
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < 300)) return false;

  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const hmac = createHmac("sha256", key).update(\`\${id}.\${timestamp}.\`).update(rawBody);
  const expected = Buffer.from("v1," + hmac.digest("base64"));
  // While a secret is replaced, there are several signatures.
  return (headers["webhook-signature"] ?? "").split(" ").some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
`;
