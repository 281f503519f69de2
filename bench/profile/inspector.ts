import type { CpuProfile } from "./costs.ts";

/** Between two samples, in microseconds: finer, and sampling itself would be among what is seen. */
const SAMPLING_US = 500;

type Answer = { id?: number; result?: unknown; error?: { message: string } };

/** A Worker's own inspector, spoken to as developer tools do (https://chromedevtools.github.io/devtools-protocol/). */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const { id, result, error }: Answer = JSON.parse(String(data));
      const caller = this.#waiting.get(id ?? 0);
      this.#waiting.delete(id ?? 0);
      if (error) caller?.reject(new Error(`The inspector refused: ${error.message}`));
      else caller?.resolve(result);
    });
    socket.addEventListener("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The inspector hung up"));
      this.#waiting.clear();
    });
  }

  /** @throws Error where nobody listens, or no Worker is to be inspected */
  static async connect(port: number): Promise<Inspector> {
    const response = await fetch(`http://127.0.0.1:${port}/json`);
    const targets: { webSocketDebuggerUrl: string }[] = await response.json();
    const url = targets[0]?.webSocketDebuggerUrl;
    if (!url) throw new Error("There is no Worker to be inspected");
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`The inspector cannot be reached at ${url}`)));
    });
    return new Inspector(socket);
  }

  async startProfiling(): Promise<{ stop: () => Promise<CpuProfile> }> {
    await this.#call("Profiler.enable", {});
    await this.#call("Profiler.setSamplingInterval", { interval: SAMPLING_US });
    await this.#call("Profiler.start", {});
    return { stop: async () => ((await this.#call("Profiler.stop", {})) as { profile: CpuProfile }).profile };
  }

  /** @returns what the Worker's heap holds, garbage included, in bytes */
  async usedHeap(): Promise<number> {
    return ((await this.#call("Runtime.getHeapUsage", {})) as { usedSize: number }).usedSize;
  }

  #call(method: string, params: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#calls;
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }
}
