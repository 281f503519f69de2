import { Bench, type Contender } from "./measure.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { buildWorker } from "../src/local/build.ts";
import { spawnService } from "../test/support/service.ts";
import { Peer } from "./peer.ts";
import { prepare } from "./prepare.ts";
import { scenarios } from "./scenarios.ts";
const dir = mkdtempSync(join(tmpdir(), "pb-"));
const receiver = new Peer<any>("receiver.ts");
const load = new Peer<any>("load.ts");
const floor = new Peer<any>("floor.ts");
let svc: any;
try {
  const rurl = await receiver.call("listen", undefined);
  const script = await buildWorker(join(dir, "service"));
  svc = await spawnService({ script, stateDir: join(dir, "state"), vars: { ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64") } });
  const furl = await floor.call("start", { receiver: rurl + "/hook", outDir: join(dir, "floor") });
  const targets = await prepare(svc.url, svc.adminToken, rurl, 4);
  const contenders: Contender[] = [
    { name: "floor", pid: floor.pid, targets: targets.map((t) => ({ ...t, url: furl + new URL(t.url).pathname })) },
    { name: "service", pid: svc.pid, targets },
  ];
  const bench = new Bench(load, receiver, rurl);
  const only = process.argv.slice(2);
  const health = setInterval(async () => { const t = targets[0]!; const r = await fetch(t.url.replace("/events", "/webhooks"), { headers: { authorization: "Bearer " + svc.adminToken } }).then((r) => r.json()); const h = await fetch(t.url.replace("/events", `/webhooks/${r.data[0].id}/health`), { headers: { authorization: "Bearer " + svc.adminToken } }).then((r) => r.json()); console.log(JSON.stringify(h.data)); }, 1000);
  for (const s of scenarios(true).filter((s) => only.length === 0 || only.includes(s.name)))
    for (let i = 0; i < s.rounds; i++)
      for (const c of contenders) console.log(s.name, c.name, JSON.stringify(await bench.run(s, c), (_, v) => typeof v === "number" ? Math.round(v * 10) / 10 : v));
clearInterval(health);
} finally {
  await Promise.all([receiver.stop(), load.stop(), floor.stop(), svc?.stop()]);
  console.log("LOG", svc?.output().slice(0, 3000));
  rmSync(dir, { recursive: true, force: true });
}
