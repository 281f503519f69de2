/** A profile as V8 writes it, so far as it is read here. */
export type CpuProfile = {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
    children?: number[];
  }[];
  /** The node that each sample fell on, and the microseconds since the one before. */
  samples: number[];
  timeDeltas: number[];
};

/** Where a function, or a file, lies in the sources; undefined for what is the runtime's own. */
export type Locate = (line: number, column: number) => { file: string; line: number } | undefined;

/** In milliseconds: in it, and in it and what it calls. */
export type Cost = { name: string; ms: number; totalMs: number };

export type Costs = { busyMs: number; idleMs: number; functions: Cost[]; files: Cost[] };

/** What V8 calls the time in which nothing runs. */
const IDLE = "(idle)";

/** Sums a profile up, the dearest first. */
export function costs({ nodes, samples, timeDeltas }: CpuProfile, locate: Locate): Costs {
  const own = new Map<number, number>();
  for (const [index, node] of samples.entries()) {
    own.set(node, (own.get(node) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const called = new Set(nodes.flatMap(({ children }) => children ?? []));
  const functions = new Map<string, Cost>();
  const files = new Map<string, Cost>();
  let busyMs = 0;
  let idleMs = 0;

  const add = (all: Map<string, Cost>, name: string, ms: number, totalMs: number) => {
    const cost = all.get(name) ?? { name, ms: 0, totalMs: 0 };
    all.set(name, { name, ms: cost.ms + ms, totalMs: cost.totalMs + totalMs });
  };

  /** @param above what is being called already: a function that calls itself is counted once @returns its total */
  const visit = (id: number, above: ReadonlySet<string>): number => {
    const node = byId.get(id);
    if (!node) return 0;
    const { functionName, url, lineNumber, columnNumber } = node.callFrame;
    const ms = own.get(id) ?? 0;
    if (functionName === IDLE) {
      idleMs += ms;
      return 0;
    }
    busyMs += ms;
    const place = url === "" ? undefined : locate(lineNumber, columnNumber);
    const file = place?.file ?? (url === "" ? functionName || "(runtime)" : "(runtime)");
    const name = place ? `${functionName || "(anonymous)"} ${place.file}:${place.line}` : functionName || "(runtime)";
    const below = new Set([...above, name, `in ${file}`]);
    let totalMs = ms;
    for (const child of node.children ?? []) totalMs += visit(child, below);
    add(functions, name, ms, above.has(name) ? 0 : totalMs);
    add(files, file, ms, above.has(`in ${file}`) ? 0 : totalMs);
    return totalMs;
  };
  for (const { id } of nodes) if (!called.has(id)) visit(id, new Set());

  const dearest = (all: Map<string, Cost>) => [...all.values()].sort((a, b) => b.ms - a.ms);
  return { busyMs, idleMs, functions: dearest(functions), files: dearest(files) };
}
