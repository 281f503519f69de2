import type { Normalised } from "../provider.ts";

/**
 * What the tests know of a provider: each folder has it in `fixtures.ts`, beside payloads in `samples.json` and signatures in
 * `vectors.json` where there are any. Only tests import these.
 */
export interface Fixtures {
  /** The least that a source has which takes a callback: its query, and its JSON or form (the query's where it has no body). */
  source(callback: { query: string; content: unknown }): Configured;
  /** What a sample's request has to have in its headers, where the sample does not tell. */
  headers?(sample: Pick<Sample, "kind" | "body">): Record<string, string>;
  /** By the names that schemes have in vectors: the source that one would come to. */
  vectors?: Readonly<Record<string, (vector: Vector) => Configured>>;
  /** Whether what it takes are forms, mails, or nothing over HTTP. */
  takesNoJson?: true;
  /** Of a provider whose callbacks tell of several things at once. */
  mixed?: MixedBatch;
}

/** What a source has by its settings; without options, none. */
export type Configured = { credentials: Record<string, unknown>; options?: Record<string, unknown> };

/** A payload as `samples.json` has it. */
export interface Sample {
  provider: string;
  kind: string;
  method: string;
  content_type: string;
  /** Null for a request that has all in its query. */
  body: string | null;
  query?: string;
  headers?: Record<string, string>;
  normalized: Expectation;
  /** Whether it is believed to be wrong: then what comes out must differ from it. */
  doubted?: boolean;
}

/** What comes out, as far as it is said. */
export type Expectation = { type: Normalised["type"] } & Record<string, unknown>;

/** A signature as `vectors.json` has it. */
export interface Vector {
  provider: string;
  scheme: string;
  method: string;
  /** With its query, unless that stands beside it. */
  url: string;
  /** What follows the question mark, as it is in the URL or by name; `params` is another name for it, but of a POST. */
  query?: Query | null;
  params?: Query | null;
  headers: Record<string, string>;
  /** Null where there is none. */
  body: string | null;
  body_encoding?: "base64";
  secret_or_key: string;
  expect: boolean;
  /** Whether that is believed to be wrong: then the opposite is expected. */
  doubted?: boolean;
  note: string;
  /** Unix seconds; null where the scheme has no clock. */
  now: number | null;
  options?: Record<string, unknown>;
}

export type Query = string | Record<string, string | number | readonly (string | number)[]>;

/** A callback that tells of several things: of the first and the last all is well. */
export interface MixedBatch {
  contentType: string;
  body: string;
  /** The recipients or senders of the good ones, in order. */
  good: string[];
  /** What could not be read: where it stands, and why. */
  bad: { member: string; reason: string }[];
}

/** Of a vector that has no clock, signatures of any age are taken. */
export const ageless = ({ now }: Vector): { tolerance?: number } => (now === null ? { tolerance: 0 } : {});

/** A secret that is text, and one of Standard Webhooks. */
export const KEY = "a-key-for-samples";
export const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** RFC 7515, A.3.1: a public key on P-256, as SubjectPublicKeyInfo. */
export const P256_PUBLIC =
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==";

/** The headers of Standard Webhooks, where nothing is verified but none is sent without the others. */
export const standardHeaders = (family: "webhook" | "svix", id: string): Record<string, string> => ({
  [`${family}-id`]: id,
  [`${family}-timestamp`]: "1767225600",
  [`${family}-signature`]: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
});
