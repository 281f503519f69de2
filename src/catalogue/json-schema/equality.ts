import type { Json } from "../../systems/event-type.ts";
import { Budget, stepsFor } from "./budget.ts";

/** What a list or an object takes beside its text, to be known when it is asked for again. */
const STEPS_TO_REMEMBER = 5;

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

/**
 * JSON values as texts that are the same where the values are (JSON Schema 2020-12, core, 4.2.2): names in order, numbers
 * by their value. Comparing each with each would be quadratic.
 */
export class Canonical {
  readonly #budget: Budget;
  /** Of objects and lists: the same may be asked for by many keywords. */
  readonly #known = new WeakMap<object, string>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  of(value: Json): string {
    if (typeof value !== "object" || value === null) {
      if (typeof value === "string") this.#budget.take(stepsFor(value.length));
      else this.#budget.take(1);
      // 0 and -0 are one number, and JSON has no word for those that are too large for JavaScript.
      if (typeof value === "number" && !Number.isFinite(value)) return String(value);
      return JSON.stringify(value === 0 ? 0 : value);
    }
    const known = this.#known.get(value);
    if (known !== undefined) {
      // What it is put into is as long as it is.
      this.#budget.take(stepsFor(known.length));
      return known;
    }
    const text = isList(value) ? this.#list(value) : this.#object(value);
    this.#budget.take(STEPS_TO_REMEMBER + stepsFor(text.length));
    this.#known.set(value, text);
    return text;
  }

  #list(items: readonly Json[]): string {
    return `[${items.map((item) => this.of(item)).join(",")}]`;
  }

  #object(value: { readonly [name: string]: Json }): string {
    const names = Object.keys(value);
    // Sorting compares each name with as many as the logarithm of their number.
    this.#budget.take(names.length * Math.ceil(Math.log2(names.length + 1)));
    names.sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${this.of(value[name] ?? null)}`).join(",")}}`;
  }
}

/** The values of an `enum`, prepared once for all payloads. */
export class Choices {
  readonly #canonical = new Canonical(new Budget(Number.POSITIVE_INFINITY));
  readonly #known = new WeakMap<object, ReadonlySet<string>>();

  of(values: readonly Json[]): ReadonlySet<string> {
    const known = this.#known.get(values) ?? new Set(values.map((value) => this.#canonical.of(value)));
    this.#known.set(values, known);
    return known;
  }
}
