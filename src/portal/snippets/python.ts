import type { SignatureForm } from "../../systems/index.ts";

/** For any mapping of headers that does not mind case, as Flask, Django and FastAPI have. */
export function pythonSnippet(form: SignatureForm): string {
  return form.scheme === "standard" ? standard : body(form);
}

const USE = `# body: the request's body as it came, as bytes. Flask:
#   if not verify(request.get_data(), request.headers, os.environ["WEBHOOK_SECRET"]):
#       abort(401)`;

const body = ({ header, prefix }: { header: string; prefix: string }): string => {
  const digest = "hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()";
  return `import hashlib
import hmac


${USE}
def verify(body: bytes, headers, secret: str) -> bool:
    expected = ${prefix === "" ? digest : `"${prefix}" + ${digest}`}
    given = headers.get("${header}", "")
    return hmac.compare_digest(expected.encode(), given.encode())
`;
};

const standard = `import base64
import hashlib
import hmac
import time


${USE}
def verify(body: bytes, headers, secret: str) -> bool:
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    # Older than five minutes: somebody may be sending it again.
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > 300:
        return False

    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{timestamp}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())
    # While a secret is replaced, there are several signatures.
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, each.encode()) for each in given)
`;
