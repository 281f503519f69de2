import { type ChildProcess, spawn } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { basename } from "node:path";

/**
 * Sees to it that no workerd outlives this process, even when this process is killed and can clean up nothing: workerd
 * would go on serving, and keep the port. Call it once, before the first Miniflare. Does nothing on Windows.
 */
export function watchWorkerd(): void {
  // Miniflare keeps its child to itself, and starts another one when it crashes; here every one is seen.
  subscribe("child_process", (message) => {
    const { process: child } = message as { process: ChildProcess };
    child.once("spawn", () => {
      if (basename(child.spawnfile).startsWith("workerd")) tether(child, "KILL");
    });
  });
}

/**
 * Ties a child's life to this process: when this process ends, however it ends, the child gets the signal.
 * @param child a running child process; with `group` it must lead a group of its own (spawned `detached`)
 */
export function tether(child: ChildProcess, signal: "KILL" | "TERM", { group = false } = {}): void {
  if (process.platform === "win32" || child.pid === undefined) return;
  const target = group ? -child.pid : child.pid;
  // The pipe ends with this process. Ctrl-C reaches the watcher too, and must not end it before its work is done.
  const script = `trap '' INT TERM HUP; cat > /dev/null; kill -s ${signal} -- ${target}`;
  const watcher = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  watcher.on("error", () => {});
  watcher.unref();
  child.once("exit", () => watcher.kill("SIGKILL"));
}
