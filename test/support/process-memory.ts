import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** What the processes of a service occupy, as Linux counts it. */

const text = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It has ended since it was listed.
    return "";
  }
};

/** A process and all that it has started. */
function family(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    // The name of the command stands in parentheses and may hold anything; the parent is the second field behind it.
    const parent = / \S (\d+) /.exec(text(`/proc/${name}/stat`).replace(/^.*\)/s, ""))?.[1];
    if (/^\d+$/.test(name) && parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const found = [pid];
  for (const each of found) for (const [child, parent] of parents) if (parent === each) found.push(child);
  return found;
}

/** Begins to measure anew. */
export function forgetPeak(pid: number): void {
  // proc(5): 5 sets VmHWM back to what is occupied now.
  for (const each of family(pid)) writeFileSync(`/proc/${each}/clear_refs`, "5");
}

/** The most that the runtime (workerd) has occupied since {@link forgetPeak}, in bytes. */
export function peakOfRuntime(pid: number): number {
  const peaks = family(pid)
    .filter((each) => text(`/proc/${each}/comm`).trim() === "workerd")
    .map((each) => 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(text(`/proc/${each}/status`))?.[1]));
  if (peaks.length === 0) throw new Error("No workerd among the service's processes");
  return peaks.reduce((sum, peak) => sum + peak, 0);
}
