import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback, mac, NOW, verifyContext } from "../../../../test/inbound/callback.ts";
import { MalformedCallback } from "../../provider.ts";
import { generic } from "./provider.ts";

const BODY = '{"kind":"order.paid","data":{"ids":[7,"x-1"]}}';
const hmac = (options = {}) => ({ scheme: "hmac", header: "X-Sign", event: "e", ...options });
const source = (options: object, credentials: object = { secret: "key" }) => ({
  credentials,
  options,
  callbackUrl: CALLBACK_URL,
});
const verify = (headers: Record<string, string>, from: ReturnType<typeof source>, body = BODY) =>
  generic.verify(callback(body, headers), from, verifyContext());

it.each([
  ["hmac", { value: "v" }, "secret"],
  ["basic", { secret: "s" }, "username and password"],
  ["header", { secret: "s" }, "value"],
])("the scheme %s wants credentials of its own", (scheme, credentials, wanted) => {
  const options = scheme === "basic" ? { scheme, event: "e" } : { scheme, header: "X-Sign", event: "e" };
  expect(generic.configIssue({ credentials, options })).toEqual({
    path: "credentials",
    message: `The scheme ${scheme} takes ${wanted}`,
  });
  expect(generic.configIssue(source(hmac()))).toBeNull();
});

describe("by HMAC", () => {
  const cases = (["sha1", "sha256", "sha384", "sha512"] as const).flatMap((hash) =>
    (["hex", "base64"] as const).flatMap((encoding) => ["", `${hash}=`].map((prefix) => ({ hash, encoding, prefix }))),
  );
  it.each(cases)("%j", async (options) => {
    const { hash, encoding, prefix } = options;
    const from = source(hmac(options));
    const signature = mac(hash, "key", BODY, encoding);
    expect(await verify({ "X-Sign": prefix + signature }, from)).toBe("verified");
    expect(await verify({ "X-Sign": prefix + mac(hash, "yek", BODY, encoding) }, from)).toBe("bad_signature");
    expect(await verify({ "X-Sign": prefix + signature }, from, `${BODY} `)).toBe("bad_signature");
    if (prefix) expect(await verify({ "X-Sign": signature }, from)).toBe("bad_signature");
  });

  it("in hex by SHA-256 where nothing else is said, by either of two secrets", async () => {
    const from = source(hmac(), { secret: ["new", "key"] });
    expect(await verify({ "x-sign": mac("sha256", "key", BODY, "hex") }, from)).toBe("verified");
    expect(await verify({ "x-sign": mac("sha256", "new", BODY, "hex") }, from)).toBe("verified");
    expect(await verify({ "x-sign": "" }, from)).toBe("missing_signature");
    expect(await verify({}, from)).toBe("missing_signature");
  });

  const timed = (options = {}) => source(hmac({ timestamp_header: "X-Time", ...options }));
  const at = (time: string, signed: string, from = timed()) =>
    verify({ "X-Time": time, "X-Sign": mac("sha256", "key", signed, "hex") }, from);

  it("of the time and the body", async () => {
    expect(await at(`${NOW}`, `${NOW}.${BODY}`)).toBe("verified");
    expect(await at(`${NOW}`, BODY)).toBe("bad_signature");
    expect(await at(`${NOW - 1}`, `${NOW}.${BODY}`)).toBe("bad_signature");
    expect(await verify({ "X-Sign": mac("sha256", "key", `.${BODY}`, "hex") }, timed())).toBe("missing_signature");
  });

  it("of any text around them", async () => {
    const from = timed({ template: "v0:{timestamp}:{body}:{timestamp}$&" });
    expect(await at(`${NOW}`, `v0:${NOW}:${BODY}:${NOW}$&`, from)).toBe("verified");
    expect(
      await verify({ "X-Sign": mac("sha256", "key", `>${BODY}`, "hex") }, source(hmac({ template: ">{body}" }))),
    ).toBe("verified");
  });

  it.each([
    [`${NOW - 300}`, "verified"],
    [`${NOW - 301}`, "stale"],
    [`${NOW + 301}`, "stale"],
    [`${NOW}000`, "verified"],
    ["2023-11-14T22:13:20Z", "verified"],
    ["2023-11-14T22:03:20Z", "stale"],
    ["soon", "stale"],
  ])("at %s is %s", async (time, verdict) => expect(await at(time, `${time}.${BODY}`)).toBe(verdict));

  it("at any time where that is wanted", async () => {
    expect(await at("1", `1.${BODY}`, timed({ tolerance: 0 }))).toBe("verified");
    expect(await at("1", `1.${BODY}`, timed({ tolerance: 60 }))).toBe("stale");
  });
});

describe("by a password", () => {
  const from = source({ scheme: "basic", event: "e" }, { username: "jürgen", password: ["old:1", "new"] });
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

  it.each([
    ["verified", basic("jürgen:old:1")],
    ["verified", basic("jürgen:new")],
    ["verified", basic("jürgen:new").replace("Basic", "basic")],
    ["bad_signature", basic("jürgen:newer")],
    ["bad_signature", basic("jürgen:")],
    ["bad_signature", basic("jurgen:new")],
    ["bad_signature", basic("jürgen")],
    ["bad_signature", basic("jürgen:new").replace("Basic ", "")],
    ["bad_signature", basic("jürgen:new").replace("Basic", "Bearer")],
    ["bad_signature", "Basic"],
    ["bad_signature", "Basic *"],
  ])("%s: %s", async (verdict, Authorization) => expect(await verify({ Authorization }, from)).toBe(verdict));

  it("asks for one", async () => {
    expect(await verify({}, from)).toBe("missing_signature");
    expect(generic.refuse("missing_signature")).toMatchObject({
      status: 401,
      headers: { "WWW-Authenticate": expect.stringMatching(/^Basic realm=/) },
    });
    expect(generic.refuse("bad_signature")).toEqual({ status: 403 });
  });

  it("does not take bytes that are no text for those that look like them", async () => {
    const odd = source({ scheme: "basic", event: "e" }, { username: "u", password: "\ufffd" });
    const bytes = Buffer.concat([Buffer.from("u:"), Buffer.from([0xff])]).toString("base64");
    expect(await verify({ Authorization: `Basic ${bytes}` }, odd)).toBe("bad_signature");
    expect(await verify({ Authorization: basic("u:\ufffd") }, odd)).toBe("verified");
  });
});

describe("by a header", () => {
  const from = source({ scheme: "header", header: "X-Token", event: "e" }, { value: ["one", "two"] });

  it.each([
    ["verified", { "x-token": "one" }],
    ["verified", { "x-token": "two" }],
    ["bad_signature", { "x-token": "three" }],
    ["bad_signature", { "x-token": "" }],
    ["missing_signature", {}],
  ])("%s: %j", async (verdict, headers: Record<string, string>) => expect(await verify(headers, from)).toBe(verdict));
});

it("lets nothing pass by the credentials of another scheme", async () => {
  const headers = { Authorization: "Basic a2V5OmtleQ==", "X-Sign": "key" };
  const header = { scheme: "header", header: "X-Sign", event: "e" };
  expect(await verify(headers, source(hmac(), { value: "key" }))).toBe("unsupported");
  expect(await verify(headers, source(header, { username: "key", password: "key" }))).toBe("unsupported");
  expect(await verify(headers, source({ scheme: "basic", event: "e" }, { secret: "key" }))).toBe("unsupported");
});

describe("set up", () => {
  it.each([
    [{}],
    [{ secret: "" }],
    [{ value: "" }],
    [{ value: "é" }],
    [{ username: "", password: "a" }],
    [{ username: "a", password: "" }],
    [{ username: "a:b", password: "c" }],
    [{ username: "a" }],
    [{ secret: "a", value: "b" }],
  ])("not with %j", (credentials) => {
    const { error } = generic.credentials.safeParse(credentials);
    expect(error?.issues.map(({ message }) => message).join()).toMatch(/^It must /);
  });

  it.each([
    ["no name", { event: undefined }],
    ["an empty name", { event: "" }],
    ["no header", { header: undefined }],
    ["no scheme", { scheme: undefined }],
    ["another scheme", { scheme: "none" }],
    ["a weaker hash", { hash: "md5" }],
    ["what nobody knows", { other: 1 }],
    ["what another scheme has", { scheme: "basic" }],
    ["a path that leads nowhere", { event_path: "a..b" }],
    ["a template without the body", { template: "{timestamp}", timestamp_header: "X-Time" }],
    ["a template with two bodies", { template: "{body}{body}" }],
    ["a time that is not signed", { template: "{body}", timestamp_header: "X-Time" }],
    ["a time from nowhere", { template: "{timestamp}.{body}" }],
  ])("not with %s", (_, options) => expect(generic.options.safeParse(hmac(options)).success).toBe(false));
});

describe("normalisation", () => {
  const normalise = (options: object, headers: Record<string, string> = {}, body = BODY) =>
    generic.normalise(callback(body, headers), source(hmac({ event: undefined, ...options })));
  const sha256 = createHash("sha256").update(BODY).digest("hex");

  it("names and keys events as it is told", async () => {
    const record = { type: "generic", occurred_at: null, raw: JSON.parse(BODY) };
    expect(await normalise({ event: "fixed" })).toEqual([{ ...record, event: "fixed", dedup_key: sha256 }]);
    expect(await normalise({ event_path: "kind", id_path: "data.ids.1" })).toEqual([
      { ...record, event: "order.paid", dedup_key: "x-1" },
    ]);
    const headers = { "X-Event": "order.sent", "X-Id": "42" };
    expect(await normalise({ event_header: "x-event", id_header: "x-id" }, headers)).toEqual([
      { ...record, event: "order.sent", dedup_key: "42" },
    ]);
  });

  it("keeps callbacks apart whose ids are larger than JavaScript's numbers", async () => {
    const ids = ["12345678901234567890", "12345678901234567891", "1e400", "2e400"];
    const keys = ids.map(
      async (id) => (await normalise({ event: "e", id_path: "id" }, {}, `{"id":${id}}`))[0]?.dedup_key,
    );
    expect(await Promise.all(keys)).toEqual(ids);
  });

  it("falls back where nothing is to be found", async () => {
    const more = { event_path: "nothing.here", event_header: "X-Event", id_path: "data", id_header: "X-Id" };
    expect(await normalise({ ...more, event: "fixed" })).toMatchObject([{ event: "fixed", dedup_key: sha256 }]);
    expect(await normalise(more, { "X-Event": "h", "X-Id": "1" })).toMatchObject([{ event: "h", dedup_key: "1" }]);
    await expect(normalise(more)).rejects.toThrow(MalformedCallback);
    await expect(normalise({ event_path: "constructor.name" })).rejects.toThrow(MalformedCallback);
  });

  it("takes forms, texts and nothing too", async () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" };
    expect(await normalise({ event_path: "kind" }, form, "kind=a+b&n=1")).toMatchObject([
      { event: "a b", raw: { kind: "a b", n: "1" } },
    ]);
    expect(await normalise({ event: "e" }, {}, "<a/>")).toMatchObject([{ raw: "<a/>" }]);
    expect(await normalise({ event: "e" }, {}, "")).toMatchObject([{ raw: null }]);
  });
});
