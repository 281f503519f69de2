import { covers } from "../../../lib/pattern.ts";

/** What a select of event types needs to know of one. */
export type TestType = { name: string; title: string | null; system: string };

/**
 * The types that a webhook can be tried with: those that it subscribes to, each name once, in the order of its patterns;
 * of what one pattern covers, its own system's and the workspace's first. So the first is the one to begin with.
 */
export function testTypes(patterns: readonly string[], dialect: string, types: readonly TestType[]): TestType[] {
  const found = new Map<string, TestType>();
  const near = [dialect, "workspace"];
  for (const pattern of patterns) {
    const covered = types.filter(({ name }) => covers(pattern, name));
    const [close, far] = [true, false].map((wanted) =>
      covered.filter(({ system }) => near.includes(system) === wanted),
    );
    for (const type of [...(close ?? []), ...(far ?? [])]) if (!found.has(type.name)) found.set(type.name, type);
  }
  return [...found.values()];
}
