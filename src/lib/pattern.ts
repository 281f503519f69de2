/** Patterns of event types, as subscriptions, replays and lists have them. */

/**
 * Whether a pattern covers a type: the type itself, `*`, or a prefix and `.*`, which covers every type below the
 * prefix at any depth (and not the prefix alone).
 */
export function covers(pattern: string, type: string): boolean {
  if (pattern === "*" || pattern === type) return true;
  return pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1));
}
