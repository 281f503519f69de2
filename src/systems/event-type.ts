/** JSON as it is parsed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A JSON Schema, of any draft that the validator knows (schema.ts). */
export type JsonSchema = boolean | { readonly [keyword: string]: Json };

/** A kind of event that every workspace knows. */
export type EventType = {
  readonly name: string;
  /** A few words. */
  readonly title: string;
  /** A sentence: when it happens. */
  readonly description: string;
  /** Whose it is: a dialect's name, `inbound` (what providers report) or `operational` (what Posthorn itself reports). */
  readonly system: string;
  /** A realistic payload: what a test of a webhook sends. */
  readonly sample: Json;
  /** What a payload must satisfy to be published; any will do where there is none. */
  readonly schema?: JsonSchema;
};
