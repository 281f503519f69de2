/** What `GET /__model` tells, as far as tests look at it. */
export interface ModelState {
  profile: string;
  steps: { count: number; labels: string[]; reset: { class: string; name: string } | null };
  /** How often each fault has struck at random, by where. */
  struck: Record<"reset" | "lost" | "d1" | "d1Lost", Record<string, number>>;
  /** Which objects were cut off at random, and when: reset, or an answer lost. By the real clock. */
  cuts: { class: string; name: string; how: string; at: number }[];
  /** When alarms that were asked for ring, by binding and name. */
  alarms: Record<string, number | null>;
  connections: { fetch: { open: number; waiting: number }; d1: { open: number; waiting: number } };
  counters: {
    requests: number;
    d1: { queries: number; rowsRead: number; rowsWritten: number };
    objects: Record<
      string,
      { instances: number; calls: number; alarms: number; rowsWritten: number; activeMs: number } | undefined
    >;
  };
}

/** Commands the model of a Worker, or without a command asks what there is. */
export async function model(url: string, command?: object): Promise<ModelState> {
  const init = command ? { method: "POST", body: JSON.stringify(command) } : {};
  const response = await fetch(`${url}/__model`, init);
  if (!response.ok) throw new Error(`The model refuses ${JSON.stringify(command)}: ${await response.text()}`);
  return (await response.json()) as ModelState;
}

/** Which objects; without a name all of the class, without a class all. */
export interface Chosen {
  class?: string;
  name?: string;
}

/** @returns what steps chosen objects make in the course of the work, the first one first */
export async function stepsIn(url: string, chosen: Chosen, work: () => Promise<unknown>): Promise<string[]> {
  await model(url, { steps: chosen });
  await work();
  return (await model(url)).steps.labels;
}
