/** Something to measure, once or several times. */
export type Scenario = {
  name: string;
  /** How many events a run publishes. */
  count: number;
  /** How many workspaces, with one endpoint each, take turns. */
  workspaces: number;
  /** How often each contender runs it, by turns. */
  rounds: number;
} & (
  | { kind: "open" /** Events a second. */; rate: number }
  | {
      kind: "closed";
      /** Events in one request. */
      batch: number;
      /** Requests under way at once. */
      inFlight: number;
      /** Events published and not arrived, at the most. */
      outstanding: number;
    }
);

function singles(rate: number, seconds: number, rounds: number): Scenario {
  return { name: `singles-${rate}`, kind: "open", rate, count: rate * seconds, workspaces: 1, rounds };
}

function batches(name: string, workspaces: number, count: number, rounds: number): Scenario {
  return { name, kind: "closed", workspaces, count, rounds, batch: 100, inFlight: 4, outstanding: 3000 };
}

/** Single events as fast as they are taken. */
function closed(inFlight: number, count: number, rounds: number): Scenario {
  const outstanding = Number.POSITIVE_INFINITY;
  return { name: `closed-${inFlight}`, kind: "closed", workspaces: 1, count, rounds, batch: 1, inFlight, outstanding };
}

/** @param quick less than half of the events, and one or two rounds where there are three */
export function scenarios(quick: boolean): Scenario[] {
  const seconds = quick ? 4 : 10;
  const rounds = quick ? 2 : 3;
  const calm = quick ? 1 : rounds;
  return [
    singles(20, 2 * seconds, calm),
    singles(50, seconds, calm),
    singles(300, seconds, calm),
    singles(1000, seconds, rounds),
    closed(1, quick ? 1000 : 3000, rounds),
    closed(32, quick ? 4000 : 10_000, rounds),
    batches("batches", 1, quick ? 8000 : 20_000, rounds),
    batches("batches-4", 4, quick ? 8000 : 20_000, calm),
  ];
}

/** What goes before the measuring, so that neither contender meets it cold. */
export function warmUps(workspaces: number): Scenario[] {
  return [{ ...singles(300, 3, 1), workspaces }, batches("batches", workspaces, 2000, 1)];
}
