import type { SignatureForm } from "../../systems/index.ts";

/** For net/http. */
export function goSnippet(form: SignatureForm): string {
  return form.scheme === "standard" ? standard : body(form);
}

const USE = `// Verify takes the request's body as it came, before anything parses it:
//
//	body, _ := io.ReadAll(r.Body)
//	if !Verify(body, r.Header, os.Getenv("WEBHOOK_SECRET")) {
//		w.WriteHeader(http.StatusUnauthorized)
//		return
//	}`;

const body = ({ header, prefix }: { header: string; prefix: string }): string => {
  const digest = "hex.EncodeToString(mac.Sum(nil))";
  return `package webhooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

${USE}
func Verify(body []byte, header http.Header, secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	expected := ${prefix === "" ? digest : `"${prefix}" + ${digest}`}
	return hmac.Equal([]byte(expected), []byte(header.Get("${header}")))
}
`;
};

const standard = `package webhooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

${USE}
func Verify(body []byte, header http.Header, secret string) bool {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	// Older than five minutes: somebody may be sending it again.
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}

	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	// While a secret is replaced, there are several signatures.
	for _, given := range strings.Split(header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(expected), []byte(given)) {
			return true
		}
	}
	return false
}
`;
