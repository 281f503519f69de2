import { env } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { fetchCertificate } from "./certificates.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const url = (name: string) => `https://sns.us-east-1.amazonaws.com/${name}.pem`;

const answering = (answer: () => Response) => vi.spyOn(globalThis, "fetch").mockImplementation(async () => answer());

it("a certificate is fetched once, and anew after a day", async () => {
  vi.useFakeTimers();
  const fetch = answering(() => new Response("PEM"));
  expect(await Promise.all([fetchCertificate(env, url("a")), fetchCertificate(env, url("a"))])).toEqual(["PEM", "PEM"]);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(fetch.mock.calls[0]?.[1]).toMatchObject({ redirect: "manual" });
  vi.advanceTimersByTime(24 * 3600 * 1000 + 1);
  await fetchCertificate(env, url("a"));
  expect(fetch).toHaveBeenCalledTimes(2);
});

it.each([
  ["an error", () => new Response("no", { status: 500 })],
  ["a redirect", () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } })],
  ["more than 16 KB", () => new Response("x".repeat(16_385))],
])("%s is no certificate, and is not remembered", async (name, answer) => {
  const fetch = answering(answer);
  await expect(fetchCertificate(env, url(name))).rejects.toThrow();
  fetch.mockImplementation(async () => new Response("PEM"));
  expect(await fetchCertificate(env, url(name))).toBe("PEM");
});

it("fifty are kept, and no more", async () => {
  const fetch = answering(() => new Response("PEM"));
  for (let n = 0; n < 51; n++) await fetchCertificate(env, url(`of-many-${n}`));
  expect(fetch).toHaveBeenCalledTimes(51);
  await fetchCertificate(env, url("of-many-50"));
  expect(fetch).toHaveBeenCalledTimes(51);
  await fetchCertificate(env, url("of-many-0"));
  expect(fetch).toHaveBeenCalledTimes(52);
});
