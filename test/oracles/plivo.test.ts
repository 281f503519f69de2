import { createHmac } from "node:crypto";
import fc from "fast-check";
import plivo from "plivo";
import { describe, expect, it } from "vitest";
import {
  bodyChanges,
  expectAllRefused,
  headerChanges,
  queryChanges,
  withCredentials,
  withoutHeader,
} from "./changes.ts";
import { asObject, encoded, encoder, holdsFor, type Pairs, secret, uniqueFields } from "./generate.ts";
import type { Case } from "./protocol.ts";
import { CALLBACK_URL, caseOf, expectVerified } from "./verify.ts";

const receiver = (token: string) => ({ provider: "plivo-sms", credentials: { auth_token: token } });
const FORM = "application/x-www-form-urlencoded";
const nonce = fc.stringMatching(/^\d{20}$/);
/** Signatures by the token of the account or, under the other header, of the sub-account. */
const account = fc.constantFrom("Ma-", "");
const shortFields = uniqueFields.map((pairs) => pairs.filter(([, value]) => value.length < 200));

const sortedBy = (pairs: Pairs, between: string, after: string) =>
  pairs
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}${between}${value}`)
    .join(after);

interface Given {
  token: string;
  nonce: string;
  account: string;
  query: Pairs;
  /** Without, the method is GET. */
  form?: Pairs;
  encode?: (text: string) => string;
}

/** Names come once each: of duplicated ones Plivo's libraries think differently. */
function signedV3({ token, nonce, account, query, form, encode = encodeURIComponent }: Given) {
  const url = query.length === 0 ? CALLBACK_URL : `${CALLBACK_URL}?${encoded(query, encode)}`;
  const method = form === undefined ? "GET" : "POST";
  const params = form ?? [];
  const start = query.length + params.length > 0 ? `${CALLBACK_URL}?` : CALLBACK_URL;
  const between = query.length > 0 && params.length > 0 ? "." : "";
  const content = `${start}${sortedBy(query, "=", "&")}${between}${sortedBy(params, "", "")}.${nonce}`;
  const signature = createHmac("sha256", token).update(content).digest("base64");
  expect(plivo.validateV3Signature(method, url, nonce, token, signature, asObject(params))).toBe(true);
  return caseOf(receiver(token), {
    method,
    url,
    headers: {
      ...(form === undefined ? {} : { "Content-Type": FORM }),
      [`X-Plivo-Signature-${account}V3`]: signature,
      "X-Plivo-Signature-V3-Nonce": nonce,
    },
    body: encoded(params, encode),
  });
}

function signedV2({ token, nonce, account, query, form = [], encode = encodeURIComponent }: Given) {
  const url = query.length === 0 ? CALLBACK_URL : `${CALLBACK_URL}?${encoded(query, encode)}`;
  const signature = createHmac("sha256", token).update(`${CALLBACK_URL}${nonce}`).digest("base64");
  expect(plivo.validateSignature(url, nonce, signature, token)).toBe(true);
  return caseOf(receiver(token), {
    url,
    headers: {
      "Content-Type": FORM,
      [`X-Plivo-Signature-${account}V2`]: signature,
      "X-Plivo-Signature-V2-Nonce": nonce,
    },
    body: encoded(form, encode),
  });
}

const common = { token: secret, nonce, account, query: shortFields, encode: encoder };

it("takes forms that Plivo's library takes", async () => {
  await holdsFor(fc.record({ ...common, form: uniqueFields }), async (given) => {
    await expectVerified(signedV3(given));
  });
});

it("takes calls without a body that Plivo's library takes", async () => {
  await holdsFor(fc.record(common), async (given) => {
    await expectVerified(signedV3(given));
  });
});

it("takes the older signature where Plivo's library takes it", async () => {
  await holdsFor(fc.record({ ...common, form: uniqueFields }), async (given) => {
    await expectVerified(signedV2(given));
  });
});

describe("refuses what is changed anywhere", () => {
  const base = { token: "token", nonce: "05429567804466091622", account: "Ma-" };
  const fields: Pairs = [
    ["MessageUUID", "5b40a428"],
    ["Empty", ""],
    ["Text", "It's 50% + 1 ✓"],
  ];
  const changes = (signed: Case, version: "V2" | "V3") => [
    ...headerChanges(signed, `X-Plivo-Signature-Ma-${version}`, "base64"),
    ...headerChanges(signed, `X-Plivo-Signature-${version}-Nonce`, "text"),
    ...withoutHeader(signed, `X-Plivo-Signature-Ma-${version}`),
    ...withoutHeader(signed, `X-Plivo-Signature-${version}-Nonce`),
    ...withCredentials(signed, { auth_token: "tokem" }),
  ];

  it("in a form", async () => {
    const signed = signedV3({ ...base, query: [["tenant", "7 8"]], form: fields });
    await expectVerified(signed);
    await expectAllRefused(changes(signed, "V3"), bodyChanges(signed), queryChanges(signed));
  });

  it("in a call without a body", async () => {
    const signed = signedV3({ ...base, query: fields });
    await expectVerified(signed);
    await expectAllRefused(changes(signed, "V3"), queryChanges(signed));
  });

  // It covers the URL without its query, and neither the query nor the body.
  it("in the older signature", async () => {
    const signed = signedV2({ ...base, query: [], form: fields });
    await expectVerified(signed);
    await expectAllRefused(changes(signed, "V2"));
  });

  it("by leaving the better signature to the older one", async () => {
    const better = signedV3({ ...base, query: [], form: [["Text", "a"]] });
    const older = signedV2({ ...base, query: [], form: fields });
    const headers = { ...older.request.headers, ...better.request.headers };
    await expectAllRefused([["both", { ...older, request: { ...older.request, headers } }]]);
  });
});
