import { expect, it } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { type CpuProfile, costs } from "../../bench/profile/costs.ts";
import { Inspector } from "../../bench/profile/inspector.ts";
import { spawnService } from "../support/service.ts";
import { newWorkspace } from "../support/workspace.ts";

/** Where the Worker's time goes, as its own profiler tells it. */

const node = (id: number, functionName: string, children: number[] = [], url = "worker.js") => {
  return { id, callFrame: { functionName, url, lineNumber: id, columnNumber: 0 }, children };
};

it("sums a profile up: each function's own time, and its calls', which are counted once where it calls itself", () => {
  const profile: CpuProfile = {
    nodes: [
      node(1, "(root)", [2, 6, 7], ""),
      node(2, "publish", [3, 5]),
      node(3, "walk", [4]),
      { ...node(4, "walk"), callFrame: node(3, "walk").callFrame },
      node(5, "exec", [], ""),
      node(6, "(idle)", [], ""),
      node(7, "(garbage collector)", [], ""),
    ],
    samples: [2, 3, 4, 4, 5, 6, 7],
    timeDeltas: [1000, 2000, 3000, 4000, 5000, 60_000, 7000],
  };
  const { busyMs, idleMs, functions, files } = costs(profile, (line) => {
    return { file: line === 2 ? "src/publish.ts" : "src/walk.ts", line };
  });
  expect([busyMs, idleMs]).toEqual([22, 60]);
  expect(functions).toEqual([
    { name: "walk src/walk.ts:3", ms: 9, totalMs: 9 },
    { name: "(garbage collector)", ms: 7, totalMs: 7 },
    { name: "exec", ms: 5, totalMs: 5 },
    { name: "publish src/publish.ts:2", ms: 1, totalMs: 15 },
    { name: "(root)", ms: 0, totalMs: 22 },
  ]);
  expect(files.find(({ name }) => name === "src/publish.ts")).toEqual({ name: "src/publish.ts", ms: 1, totalMs: 15 });
});

it("is told by a service that was started to be inspected, and by no other", async () => {
  const port = await freePort();
  const service = await spawnService({ inspectorPort: port });
  try {
    const inspector = await Inspector.connect(port);
    const profiling = await inspector.startProfiling();
    const workspace = await newWorkspace(service);
    await workspace.publish({ event: "ticket.created", data: {} });
    const { nodes, samples } = await profiling.stop();
    inspector.close();
    expect(samples.length).toBeGreaterThan(0);
    expect(nodes.some(({ callFrame }) => callFrame.url.endsWith("index.js"))).toBe(true);
  } finally {
    await service.stop();
  }
  const uninspected = await spawnService();
  try {
    await expect(Inspector.connect(port)).rejects.toThrow();
  } finally {
    await uninspected.stop();
  }
});
