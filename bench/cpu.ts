import { readFileSync } from "node:fs";

/** Linux counts CPU time in ticks of this many milliseconds. */
const TICK_MS = 10;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** CPU time that a process and its living descendants have used, in milliseconds; undefined where /proc does not tell. */
export function cpuMsOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The process's name, in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const own = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? "").split(" ").filter((child) => child.trim() !== "");
  return children.reduce((sum, child) => sum + (cpuMsOf(Number(child)) ?? 0), own);
}

/**
 * Memory that a process and its living descendants occupy, in megabytes; 0 where /proc does not tell.
 * @param only those of this name alone count; all of them unless told
 */
export function residentMegabytes(pid: number, only?: string): number {
  const counts = only === undefined || read(`/proc/${pid}/comm`)?.trim() === only;
  const kilobytes = counts ? Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? "")?.[1] ?? 0) : 0;
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? "").split(" ").filter((child) => child.trim() !== "");
  return children.reduce((sum, child) => sum + residentMegabytes(Number(child), only), Math.round(kilobytes / 1024));
}
