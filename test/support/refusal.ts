import type { Answer } from "./api.ts";

/** The body of an error, as far as tests look at it. */
export interface Problem {
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
}

/** An answer's status, and the fields that it says are wrong. */
export function refusal({ status, json }: Answer<Problem>): { status: number; fields: string[] } {
  return { status, fields: (json?.errors ?? []).map(({ path }) => path) };
}
