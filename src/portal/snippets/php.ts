import type { SignatureForm } from "../../systems/index.ts";

/** Headers as PHP has them in $_SERVER. */
export function phpSnippet(form: SignatureForm): string {
  return form.scheme === "standard" ? standard : body(form);
}

const inServer = (header: string): string => `HTTP_${header.toUpperCase().replaceAll("-", "_")}`;

const USE = `// $body = file_get_contents('php://input');
// http_response_code(verify($body, $_SERVER, getenv('WEBHOOK_SECRET')) ? 204 : 401);`;

const body = ({ header, prefix }: { header: string; prefix: string }): string => {
  const digest = "hash_hmac('sha256', $body, $secret)";
  return `<?php
${USE}
function verify(string $body, array $server, string $secret): bool
{
    $expected = ${prefix === "" ? digest : `'${prefix}' . ${digest}`};
    return hash_equals($expected, $server['${inServer(header)}'] ?? '');
}
`;
};

const standard = `<?php
${USE}
function verify(string $body, array $server, string $secret): bool
{
    $id = $server['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $server['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    // Older than five minutes: somebody may be sending it again.
    if (abs(time() - (int) $timestamp) > 300) {
        return false;
    }

    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    // While a secret is replaced, there are several signatures.
    foreach (explode(' ', $server['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $given) {
        if (hash_equals($expected, $given)) {
            return true;
        }
    }
    return false;
}
`;
