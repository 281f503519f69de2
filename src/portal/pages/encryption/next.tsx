import type * as z from "zod";
import type { Reencryption } from "../../../api/admin/routes.ts";
import { Code } from "../../parts/code.tsx";
import { ADD_KEY, DROP_KEY } from "./commands.ts";

/**
 * Asks for the next portion as soon as it is on the page. Its id is another each time, so that it is new to the script
 * that looks for such.
 */
export function GoOn({ csrf, at, remaining }: { csrf: string; at: string; remaining: number }) {
  return (
    <span
      id={`go-on-${remaining}`}
      class="live"
      hx-post={at}
      hx-vals={JSON.stringify({ csrf })}
      hx-trigger="load delay:100ms"
      hx-target="#live"
      hx-select="#live"
      hx-swap="outerHTML"
    >
      Working
    </span>
  );
}

/** What to do now, or the next time that a key is to be replaced. */
export function Next({ state }: { state: z.infer<typeof Reencryption> }) {
  const others = state.keys.filter(({ role }) => role === "older");
  if (others.length > 0 && state.remaining === 0) {
    return (
      <section class="card">
        <div class="card-head">
          <h2>Now the old key can go</h2>
        </div>
        <div class="card-body stack">
          <p>
            Nothing is left under{" "}
            {others.map(({ id }, at) => (
              <>
                {at > 0 && ", "}
                <code>{id}</code>
              </>
            ))}
            . Take it away, so that whoever has it can open nothing any more. If it was <code>ENCRYPTION_KEY</code>:
          </p>
          <Code text={DROP_KEY} label="command that removes the old key" wrap />
          <p>
            If it stands in <code>ENCRYPTION_KEYS</code>, set that again with the first key alone.
          </p>
        </div>
      </section>
    );
  }
  if (others.length > 0) return null;
  return (
    <details class="card">
      <summary class="card-body">How to replace the key</summary>
      <div class="card-body stack">
        <ol class="list">
          <li>Put a new key in front. The one that there is stays for now, and nothing stops working.</li>
          <li>A minute later, come back here and move what is stored to it.</li>
          <li>When nothing remains, this page says how to take the old key away.</li>
        </ol>
        <Code text={ADD_KEY} label="commands that add a key" wrap />
        <p>The second line shows the key: keep it in your password manager, as nobody can read it back.</p>
        <p class="quiet">
          This is for a deployment that has <code>ENCRYPTION_KEY</code> alone. If it has <code>ENCRYPTION_KEYS</code>{" "}
          already, set that to the new key, a space, and the present one.
        </p>
      </div>
    </details>
  );
}
