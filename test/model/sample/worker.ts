import { DurableObject } from "cloudflare:workers";
import { modelHandlers } from "../model.ts";
import { modelled } from "../objects.ts";

interface SampleEnv {
  OBJECT: DurableObjectNamespace;
  DB: D1Database;
}

/** Does little things, so that the model can be seen by them. */
class Thing extends DurableObject<Env> {
  #calls = 0;
  readonly #seen: number[] = [];

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS notes (text)");
  }

  count(): number {
    return ++this.#calls;
  }

  see(number: number): number[] {
    this.#seen.push(number);
    return this.#seen;
  }

  write(lengths: number[]): number {
    const sql = `INSERT INTO notes SELECT json_array(${lengths.map(() => "?").join()}) RETURNING text`;
    return this.ctx.storage.sql.exec(sql, ...lengths.map((length) => "x".repeat(length))).toArray().length;
  }

  writeRow(length: number): void {
    this.ctx.storage.sql.exec("INSERT INTO notes VALUES (?)", "x".repeat(length));
  }

  /** Writes down that it will ask, asks, and writes down that it has. */
  async ask(url: string): Promise<void> {
    this.ctx.storage.sql.exec("INSERT INTO notes VALUES ('asking')");
    const response = await fetch(url);
    await response.body?.cancel();
    this.ctx.storage.sql.exec("INSERT INTO notes VALUES ('asked')");
  }

  notes(): string[] {
    const rows = this.ctx.storage.sql.exec<{ text: string }>("SELECT text FROM notes").toArray();
    return rows.map(({ text }) => text);
  }

  getAll(url: string, times: number, timeoutMs?: number): Promise<string[]> {
    return getAll(url, times, timeoutMs);
  }

  answer(length: number): string {
    return "x".repeat(length);
  }

  /** Asks when the alarm rings. */
  async askLater(url: string, ms = 1): Promise<void> {
    await this.ctx.storage.put("url", url);
    await this.ctx.storage.setAlarm(Date.now() + ms);
  }

  async times(): Promise<{ now: number; made: number; isDate: boolean; alarm: number | null }> {
    const made = new Date();
    const isDate = made instanceof Date && new Date(0).getTime() === 0;
    return { now: Date.now(), made: made.getTime(), isDate, alarm: await this.ctx.storage.getAlarm() };
  }

  override async alarm(): Promise<void> {
    await getAll(String(await this.ctx.storage.get("url")), 1);
  }
}

/** @returns "200", or why there was no answer, for each request */
function getAll(url: string, times: number, timeoutMs?: number): Promise<string[]> {
  const one = async () => {
    const response = await fetch(url, timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return String(response.status);
  };
  const each = () => one().catch((error: unknown) => (error instanceof Error ? error.name : String(error)));
  return Promise.all(Array.from({ length: times }, each));
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

async function perform(path: string, args: unknown[], env: SampleEnv): Promise<unknown> {
  const [kind = "", name = "", method = ""] = path.slice(1).split("/");
  if (kind === "object") return (env.OBJECT.getByName(name) as unknown as Methods)[method]?.(...args);
  if (kind === "see") {
    const stub = env.OBJECT.getByName(name) as unknown as Methods;
    return (await Promise.all(args.map((number) => stub.see?.(number)))).at(-1);
  }
  if (kind === "get") return getAll(String(args[0]), Number(args[1]), args[2] as number | undefined);
  if (kind !== "d1") throw new Error(`There is no ${path}`);
  for (let times = Number(args[0]); times > 0; times--) await env.DB.prepare("SELECT ?").bind(1).raw();
  return "done";
}

export const Sample = modelled(Thing);

export default modelHandlers({
  async fetch(request: Request, env: SampleEnv): Promise<Response> {
    try {
      return Response.json({
        value: (await perform(new URL(request.url).pathname, await request.json(), env)) ?? null,
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { message, retryable } = error as Error & { retryable?: boolean };
      return Response.json({ error: message, retryable });
    }
  },
});
