/**
 * What a workspace's stream of events does, as docs/delivery.md says it: a list of events, and for each endpoint those that
 * it must get and those that it may. It is told what happens, and throws what must not.
 */

/** Clocks of two machines differ by this at most, in milliseconds: an endpoint may get what is so much older than it is. */
const CLOCKS_MS = 10_000;
const KEY_LIVES_MS = 24 * 3600 * 1000;
/** While something is to be handed over an alarm is no further away than this, in milliseconds. */
const RESUME_MS = 3000;

export type Publication = { type: string; data: string; key: string | null };

type Event = {
  id: string;
  type: string;
  at: number;
  /** Endpoints that have subscribed to it ever since, and those that have at some time. */
  must: Set<string>;
  may: Set<string>;
};

export class Endpoint {
  readonly id: string;
  readonly createdAt: number;
  /** Null once it is deleted. */
  types: readonly string[] | null;
  /** What it has in memory and on disk, and what of it is on disk. */
  readonly has = new Set<string>();
  readonly onDisk = new Set<string>();
  /** The last event that it was handed, by its place in the list; something has happened since that excuses a repetition. */
  last = -1;
  excused = false;

  constructor(id: string, types: readonly string[], createdAt: number) {
    this.id = id;
    this.types = types;
    this.createdAt = createdAt;
  }
}

/** Something that must not happen has happened. */
export class Broken extends Error {}

function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Broken(what());
}

const covers = (pattern: string, type: string): boolean =>
  pattern === "*" || pattern === type || (pattern.endsWith("*") && type.startsWith(pattern.replace("*", "")));

export class StreamReference {
  readonly events: Event[] = [];
  readonly endpoints = new Map<string, Endpoint>();
  readonly #places = new Map<string, number>();
  readonly #keys = new Map<string, { id: string; said: string; at: number }>();

  get living(): Endpoint[] {
    return [...this.endpoints.values()].filter(({ types }) => types !== null);
  }

  subscribed(id: string, types: readonly string[] | null, now: number): void {
    const before = this.endpoints.get(id);
    const endpoint = before ?? new Endpoint(id, types ?? [], now);
    this.endpoints.set(id, endpoint);
    endpoint.types = types;
    for (const event of this.events) {
      if (!this.#wants(endpoint, event)) event.must.delete(id);
      else if (event.at >= endpoint.createdAt - CLOCKS_MS) event.may.add(id);
    }
  }

  #wants({ types }: Endpoint, { type }: Event): boolean {
    return types?.some((pattern) => covers(pattern, type)) ?? false;
  }

  /** What a call that is made now is to be answered: for each event an id that is known, or null for a new one; undefined: a conflict. */
  answerTo(all: readonly Publication[], now: number): (string | null)[] | undefined {
    const within = new Map<string, string>();
    for (const { key, ...said } of all) {
      if (key === null) continue;
      const used = this.#keys.get(key);
      const text = within.get(key) ?? (used && now - used.at < KEY_LIVES_MS ? used.said : undefined);
      if (text !== undefined && text !== JSON.stringify(said)) return undefined;
      within.set(key, JSON.stringify(said));
    }
    return all.map(({ key }) => {
      const used = key === null ? undefined : this.#keys.get(key);
      return used && now - used.at < KEY_LIVES_MS ? used.id : null;
    });
  }

  /** What is to be stored of a call that is made now. */
  newOf(all: readonly Publication[], now: number): Publication[] {
    const known = this.answerTo(all, now);
    const isFirst = ({ key }: Publication, place: number) =>
      key === null || all.findIndex((each) => each.key === key) === place;
    return known ? all.filter((each, place) => known[place] === null && isFirst(each, place)) : [];
  }

  /** An event is stored, as its publisher was told, or as was seen after the stream had ended. */
  stored(id: string, { type, data, key }: Publication, now: number): void {
    if (this.#places.has(id)) return;
    const event: Event = { id, type, at: now, must: new Set(), may: new Set() };
    for (const endpoint of this.living) {
      if (!this.#wants(endpoint, event)) continue;
      event.must.add(endpoint.id);
      event.may.add(endpoint.id);
    }
    this.#places.set(id, this.events.length);
    this.events.push(event);
    if (key !== null) this.#keys.set(key, { id, said: JSON.stringify({ type, data }), at: now });
  }

  knows(id: string): boolean {
    return this.#places.has(id);
  }

  /** Somebody hands events to an endpoint, which takes in what it does not have. */
  handed(endpoint: Endpoint, ids: readonly string[]): void {
    let last = endpoint.excused ? -1 : endpoint.last;
    for (const id of ids) {
      const place = this.#places.get(id);
      const event = place === undefined ? undefined : this.events[place];
      if (place === undefined || !event) throw new Broken(`${endpoint.id} is handed ${id}, which nobody has published`);
      must(event.may.has(endpoint.id), () => `${endpoint.id} is handed a ${event.type}, to which it never subscribed`);
      must(place > last, () => `${endpoint.id} is handed ${id} behind what came after it`);
      last = place;
    }
    endpoint.last = last;
    endpoint.excused = false;
  }

  /** It has taken in these: what came before them it will never be given any more. */
  took(endpoint: Endpoint, ids: readonly string[]): void {
    for (const id of ids) {
      for (const before of this.events.slice(0, this.#places.get(id))) {
        const missing = before.must.has(endpoint.id) && !endpoint.has.has(before.id);
        must(!missing, () => `${endpoint.id} gets ${id}, and has not got ${before.id}, which comes before it`);
      }
      endpoint.has.add(id);
    }
  }

  /**
   * What the stream would know after a crash.
   * @param done events of which it says that they are on the disks of all that do not lag
   * @param lagging for endpoints that do, those that are on theirs
   */
  isNoted(done: readonly string[], lagging: ReadonlyMap<string, readonly string[]>): void {
    for (const endpoint of this.living) {
      for (const id of lagging.get(endpoint.id) ?? done) {
        const place = this.#places.get(id);
        const event = place === undefined ? undefined : this.events[place];
        const lost = event?.must.has(endpoint.id) && !endpoint.onDisk.has(id);
        must(!lost, () => `A crash now loses ${id}: ${endpoint.id} has not stored it, and is said to have`);
      }
    }
  }

  /** Who waits for what. */
  get missing(): string[] {
    return this.living.flatMap(({ id, onDisk }) =>
      this.events.filter((each) => each.must.has(id) && !onDisk.has(each.id)).map((each) => `${id} ${each.id}`),
    );
  }

  /** While something is missing an alarm goes on with it, whatever ends meanwhile. */
  rests(alarm: number | null, now: number): void {
    const { missing } = this;
    if (missing.length === 0) return;
    must(alarm !== null, () => `No alarm is set, and these are missing: ${missing}`);
    must(alarm !== null && alarm <= now + RESUME_MS, () => `The alarm rings in ${(alarm ?? 0) - now} ms`);
  }
}
