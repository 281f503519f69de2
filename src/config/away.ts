import { afterAwake } from "../lib/deadline.ts";

/**
 * D1 that refuses or stands still. What is asked of it through `database()` (db.ts) goes through here, so that no request
 * waits for ever, and what D1 cannot do now is told from what it will never do.
 */

/**
 * For how long an answer of D1 is waited for, in milliseconds. `known`: a look-up that has something to go by in its place.
 * `lookUp`: one that has nothing, but others wait for. `query`: everything else; D1 itself ends a query after 30 seconds.
 */
export const PATIENCE = { known: 1500, lookUp: 5000, query: 15_000 } as const;
export type Patience = keyof typeof PATIENCE;

/** While D1 is known to stand still, one query in so many milliseconds is let through to see whether it is back. */
export const LOOK_MS = 1000;

/** That D1 is away is put into the Worker's log once in so many milliseconds. */
const SAID_MS = 60_000;

/** D1 did not answer: it refused, stood still, or stood still a moment ago. What was to be written may have been. */
export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";
}

/**
 * Answers, though not the ones that were hoped for: a constraint that refuses a row, and faults of the statement.
 * https://developers.cloudflare.com/d1/observability/debug-d1/
 */
const ANSWERED = /SQLITE_(?:CONSTRAINT|ERROR|MISMATCH|RANGE|TOOBIG|AUTH)\b|Wrong number of parameter bindings/;

/** What an isolate knows of whether D1 answers. */
class Watch {
  /** When the next query is let through; undefined while D1 answers. */
  #lookAt: number | undefined;
  #saidAt = Number.NEGATIVE_INFINITY;

  /** @throws DatabaseAway where D1 stood still a moment ago, and it is not yet time to look again */
  enter(): void {
    if (this.#lookAt === undefined) return;
    const wait = this.#lookAt - Date.now();
    // Longer than that it never is: a clock was set back.
    if (wait > 0 && wait <= LOOK_MS) throw new DatabaseAway("D1 does not answer at present, and was not asked");
    this.#lookAt = Date.now() + LOOK_MS;
  }

  answered(): void {
    if (this.#lookAt === undefined) return;
    this.#lookAt = undefined;
    this.#saidAt = Number.NEGATIVE_INFINITY;
    console.error("D1 answers again");
  }

  /** @param until when it had not answered, in milliseconds since 1970 */
  stoodStill(until: number): void {
    this.#lookAt = until + LOOK_MS;
  }

  say(error: unknown): void {
    const now = Date.now();
    if (Math.abs(now - this.#saidAt) < SAID_MS) return;
    this.#saidAt = now;
    console.error("D1 is away (said once a minute):", error);
  }
}

/** Isolate-wide: there is one D1. */
const watch = new Watch();

async function asking<T>(patience: Patience, ask: () => Promise<T>): Promise<T> {
  watch.enter();
  const began = Date.now();
  let done = () => {};
  try {
    const answering = ask();
    const late = new Promise<never>((_, reject) => {
      done = afterAwake(PATIENCE[patience], () => {
        // A query that is not a look-up may be a large one.
        if (patience !== "query") watch.stoodStill(Math.min(began + PATIENCE[patience], Date.now()));
        reject(new DatabaseAway(`D1 did not answer within ${PATIENCE[patience]} ms`));
      });
    });
    const answer = await Promise.race([answering, late]);
    watch.answered();
    return answer;
  } catch (error) {
    throw failure(error);
  } finally {
    done();
  }
}

/** What D1 threw, as an error that says whether it was away. */
function failure(error: unknown): unknown {
  const text =
    error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}` : "";
  if (!(error instanceof DatabaseAway) && ANSWERED.test(text)) {
    watch.answered();
    return error;
  }
  watch.say(error);
  return error instanceof DatabaseAway ? error : new DatabaseAway("D1 refused a query", { cause: error });
}

type Ask = <T>(ask: () => Promise<T>) => Promise<T>;

/** The statements behind the patient ones: a batch wants D1's own. */
const own = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

const RUNNING: ReadonlySet<PropertyKey> = new Set(["first", "run", "all", "raw"]);

function patientStatement(statement: D1PreparedStatement, ask: Ask): D1PreparedStatement {
  const patient = new Proxy(statement, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name === "bind") return (...values: unknown[]) => patientStatement(target.bind(...values), ask);
      if (RUNNING.has(name)) return (...options: unknown[]) => ask(async () => Reflect.apply(member, target, options));
      return member.bind(target);
    },
  });
  own.set(patient, statement);
  return patient;
}

/** A D1 of which every query ends: with its answer, with what D1 says is wrong with it, or with {@link DatabaseAway}. */
export function patient(d1: D1Database, patience: Patience): D1Database {
  const ask: Ask = (query) => asking(patience, query);
  return new Proxy(d1, {
    get(target, name) {
      if (name === "prepare") {
        return (sql: string) => {
          try {
            return patientStatement(target.prepare(sql), ask);
          } catch (error) {
            throw failure(error);
          }
        };
      }
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) =>
          ask(() => target.batch(statements.map((each) => own.get(each) ?? each)));
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
