import { ageless, type Configured, type Fixtures, KEY, type Vector } from "../fixtures.ts";

const hmac = (vector: Vector): Configured => ({
  credentials: { secret: vector.secret_or_key },
  options: { ...ageless(vector), scheme: "hmac", event: "vector", ...vector.options },
});

/** Of `user:password`, as RFC 7617 joins them. */
function basic({ secret_or_key: secret, options }: Vector): Configured {
  const [username = "", ...rest] = secret.split(":");
  return {
    credentials: { username, password: rest.join(":") },
    options: { event: "vector", ...options, scheme: "basic" },
  };
}

const header = ({ secret_or_key: value, options }: Vector): Configured => ({
  credentials: { value },
  options: { event: "vector", ...options, scheme: "header" },
});

export const fixtures: Fixtures = {
  source: () => ({ credentials: { secret: KEY }, options: { scheme: "hmac", header: "X-Signature", event: "sample" } }),
  vectors: {
    // By its own names, too.
    hmac,
    basic,
    header,
    "generic-hmac": hmac,
    "generic-basic": basic,
    "generic-header": header,
  },
};
