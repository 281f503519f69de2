/** How long an isolate may go on with what it read before, in milliseconds. */
export const BRIEF_MS = 30_000;

/** How many entries an isolate keeps of one kind. */
const MAX_ENTRIES = 10_000;

/**
 * What is kept in the isolate for at most {@link BRIEF_MS}. When full, the oldest leaves. What must be known while D1 is away
 * is kept by `Known` (known.ts).
 */
export class BriefCache<Key, Value> {
  readonly #entries = new Map<Key, { value: Value; until: number }>();

  get(key: Key, now: number): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.until > now) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: Key, value: Value, now: number): void {
    this.#entries.delete(key);
    if (this.#entries.size >= MAX_ENTRIES) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, until: now + BRIEF_MS });
  }

  drop(key: Key): void {
    this.#entries.delete(key);
  }

  dropWhere(matches: (value: Value) => boolean): void {
    for (const [key, { value }] of this.#entries) if (matches(value)) this.#entries.delete(key);
  }
}
