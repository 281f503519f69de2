import type { Json, JsonSchema } from "../systems/event-type.ts";
import { type Budget, OverBudget } from "./json-schema/budget.ts";
import { Complaints, type PayloadComplaint } from "./json-schema/complaints.ts";
import type { Draft } from "./json-schema/drafts.ts";
import { Choices } from "./json-schema/equality.ts";
import { compilePatterns } from "./json-schema/patterns.ts";
import { patternsIn, References } from "./json-schema/references.ts";
import { EndlessSchema, type Means, Validation } from "./json-schema/validate.ts";

export type { PayloadComplaint } from "./json-schema/complaints.ts";

/** Of a payload's faults, this many are told. */
const TOLD = 10;

/**
 * Steps that the checks of all payloads of one request may take together, which are about a second: as many as the largest
 * request takes with a schema that asks for a handful of things of every value.
 */
export const MAX_STEPS = 10_000_000;

const TOO_MUCH =
  "It takes too many steps to check this request against the schemas of its event types: send less at once, or simplify the schema";
const ENDLESS =
  "The schema of this event type cannot be applied to it: its references lead in circles. Change the schema";

const DRAFTS: readonly (readonly [part: string, draft: Draft])[] = [
  ["draft-04", "4"],
  ["draft-07", "7"],
  ["2019-09", "2019-09"],
  ["2020-12", "2020-12"],
];

/** The draft that `$schema` names, else 2020-12; undefined for one that is not known. */
export function draftOf(schema: JsonSchema): Draft | undefined {
  const named = typeof schema === "boolean" ? undefined : schema.$schema;
  if (named === undefined) return "2020-12";
  return DRAFTS.find(([part]) => String(named).includes(part))?.[1];
}

/** A JSON Schema that payloads are checked against, in steps that are counted. */
export class PayloadSchema {
  readonly #schema: JsonSchema;
  readonly #name: string;
  /** Prepared with the first payload: most schemas of a workspace see none while they are at hand. Null: it cannot be. */
  #means: Means | null | undefined;

  /** @param name of what it belongs to, for the log */
  constructor(schema: JsonSchema, name: string) {
    this.#schema = schema;
    this.#name = name;
  }

  /**
   * Nothing, if the payload satisfies the schema; at most {@link TOLD} faults otherwise. Nothing either for a schema that was
   * stored under earlier rules and has an expression that these do not take: what it asks for cannot be known.
   * @param budget of {@link MAX_STEPS} for all payloads of a request; when it is spent, that is the fault
   * @throws TypeError for a schema whose `$id` cannot be read; what may be stored is checked beforehand (schema-rules.ts)
   */
  complaints(payload: unknown, budget: Budget): readonly PayloadComplaint[] {
    const told = Complaints.upTo(TOLD);
    try {
      if (this.#means === undefined) this.#means = this.#prepared(budget);
      if (this.#means !== null) new Validation(this.#means, budget).run(this.#schema, payload as Json, told);
      return told.list;
    } catch (error) {
      // References that lead in circles show only with a payload that goes that way.
      if (error instanceof EndlessSchema) return [{ path: [], message: ENDLESS }];
      if (error instanceof OverBudget) return [{ path: [], message: TOO_MUCH }];
      throw error;
    }
  }

  #prepared(budget: Budget): Means | null {
    const text = JSON.stringify(this.#schema);
    budget.take(text.length);
    const draft = draftOf(this.#schema) ?? "2020-12";
    const references = new References(this.#schema, draft);
    const compiled = compilePatterns(patternsIn(references), budget);
    if ("complaint" in compiled) {
      console.error(`The schema of ${this.#name} is not applied: ${compiled.complaint}`);
      return null;
    }
    const { patterns } = compiled;
    return {
      draft,
      references,
      patterns,
      choices: new Choices(),
      tracks: /"unevaluated(Items|Properties)"/.test(text),
    };
  }
}
