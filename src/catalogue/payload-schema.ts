import type { Json, JsonSchema } from "./event-type.ts";
import { Budget, OverBudget } from "./json-schema/budget.ts";
import { Complaints, type PayloadComplaint } from "./json-schema/complaints.ts";
import { Choices } from "./json-schema/equality.ts";
import { References } from "./json-schema/references.ts";
import { type Draft, EndlessSchema, Validation } from "./json-schema/validate.ts";

export type { PayloadComplaint } from "./json-schema/complaints.ts";

/** Of a payload's faults, this many are told. */
const TOLD = 10;

/**
 * Steps that a check may take: so many for any payload, which the largest schema needs for itself, and so many more for
 * each value or sixteen characters of it. Every keyword of a schema that looks at every value is some ten; what takes
 * more looks at the same again and again.
 */
export const FREE_STEPS = 100_000;
export const STEPS_PER_VALUE = 100;

const TOO_MUCH =
  "It takes too many steps to check it against the schema of this event type: send less in it, or simplify the schema";
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

/** A JSON Schema that payloads are checked against, in a number of steps that their size bounds. */
export class PayloadSchema {
  readonly #schema: JsonSchema;
  readonly #draft: Draft;
  readonly #references: References;
  readonly #choices = new Choices();
  readonly #tracks: boolean;

  /** @throws TypeError for a schema whose `$id` cannot be read; what may be stored is checked beforehand (schema-rules.ts) */
  constructor(schema: JsonSchema) {
    this.#schema = schema;
    this.#draft = draftOf(schema) ?? "2020-12";
    this.#references = new References(schema, this.#draft === "4");
    this.#tracks = /"unevaluated(Items|Properties)"/.test(JSON.stringify(schema));
  }

  /**
   * Nothing, if the payload satisfies the schema; at most {@link TOLD} faults otherwise.
   * @param counted is told how many steps it took, for tests that hold them to the size
   */
  complaints(payload: unknown, counted: (steps: number) => void = () => {}): readonly PayloadComplaint[] {
    const value = payload as Json;
    const budget = new Budget(FREE_STEPS + STEPS_PER_VALUE * sizeOf(value));
    const told = Complaints.upTo(TOLD);
    try {
      new Validation(this.#draft, this.#references, this.#choices, this.#tracks, budget).run(this.#schema, value, told);
      return told.list;
    } catch (error) {
      // References that lead in circles show only with a payload that goes that way.
      if (error instanceof EndlessSchema) return [{ path: [], message: ENDLESS }];
      if (error instanceof OverBudget) return [{ path: [], message: TOO_MUCH }];
      throw error;
    } finally {
      counted(budget.taken);
    }
  }
}

/** Values in a payload, and sixteen characters of its texts and names as one more. Depth is bounded where it is read. */
export function sizeOf(value: Json): number {
  if (typeof value === "string") return 1 + Math.ceil(value.length / 16);
  if (typeof value !== "object" || value === null) return 1;
  let size = 1;
  for (const [name, each] of Object.entries(value))
    size += sizeOf(each) + (Array.isArray(value) ? 0 : Math.ceil(name.length / 16));
  return size;
}
