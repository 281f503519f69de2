/** A way to break the service: some text of a file, and what stands there instead. */
export interface Broken {
  name: string;
  file: string;
  from: string;
  to: string;
  /** The faults that strike; all, unless told. */
  only?: readonly string[];
  /** For how long; {@link MINUTES} unless told. */
  minutes?: number;
}

/** So long faults strike. */
export const MINUTES = 0.7;

/** Each is a mistake that somebody could make, in the mechanism that a promise rests on. */
export const BROKEN: readonly Broken[] = [
  {
    name: "the cursor is stored before accept",
    file: "src/events/fan-out.ts",
    from: "    for (const way of this.#ways.values()) if (!way.noted) least = Math.min(least, way.stored);\n",
    to: "",
    // What was handed to an object that takes its time is nowhere but in the stream when the runtime ends. A webhook that was made
    // just before is handed everything once more, in case that it was missed: the clock makes them old.
    only: ["kill", "the clock jumps", "endpoints are slow"],
    minutes: 2,
  },
  {
    name: "an endpoint says that it has stored what is in memory",
    file: "src/delivery/endpoint.ts",
    from: "    return { stored: !this.dispatcher.batcher.hasUnsaved };",
    to: "    return { stored: true };",
    // Where receivers take their time, much is in memory alone.
    only: ["resets", "receivers are well"],
    minutes: 1,
  },
  {
    name: "what was not attempted counts as delivered",
    file: "src/delivery/parcel.ts",
    from: "    if (!outcome) settlement.untouched.push(position);",
    to: "    if (!outcome) settlement.delivered.push(position);",
  },
  {
    name: "a success does not end that an endpoint is failing",
    file: "src/delivery/dispatcher.ts",
    from: "      if (this.#failing) this.#recover();",
    to: "      if (this.#failing) this.#probed.clear();",
    only: ["a receiver changes"],
  },
  {
    name: "a success does not reset the streak",
    file: "src/delivery/dispatcher.ts",
    from: "      else this.trouble = afterSuccess(this.trouble);\n",
    to: "",
    only: ["a receiver changes"],
  },
  {
    name: "an attempt of an earlier round counts",
    file: "src/delivery/probing.ts",
    from: "  if (round < before.round) return before;\n",
    to: "",
    only: ["a receiver changes"],
  },
  {
    name: "the alarm is not armed again",
    file: "src/lib/alarm.ts",
    from: "  rang(): void {\n    this.#at = null;",
    to: "  rang(): void {",
    only: ["a receiver changes"],
  },
  {
    name: "idempotency is forgotten at a restart",
    file: "src/events/store.ts",
    from: "    if (sql.isEmpty) return;",
    to: '    if (sql.isEmpty) return;\n    sql.all("DELETE FROM idempotency");',
    only: ["kill", "lost answers", "resets"],
  },
  {
    name: "what is held is sent while the webhook is paused",
    file: "src/delivery/dispatcher.ts",
    from: '    return this.config?.status === "active";',
    to: "    return this.config !== null;",
    only: ["a pause"],
  },
  {
    name: "a secret that has ended signs along",
    file: "src/delivery/sending-configs.ts",
    from: "  if (secrets.every(({ expiresAt }) => expiresAt === null)) return () => all;",
    to: "  if (all.length > 0) return () => all;",
    only: ["a rotation"],
  },
];
