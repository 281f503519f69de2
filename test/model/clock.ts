/**
 * The time as the product has it, which can be set ahead: what is due in hours, or days, is crossed in a moment. Waits and
 * timers last as long as ever. Importing it is enough.
 */

const SHARED = Symbol.for("posthorn's clock");

/** One for all builds of the Worker that run in an isolate. */
interface Shared {
  RealDate: DateConstructor;
  aheadMs: number;
}

const shared = (Reflect.get(globalThis, SHARED) as Shared | undefined) ?? install();

/** Milliseconds that the product's clock is ahead of the real one. */
export const aheadMs = (): number => shared.aheadMs;

export const setAhead = (ms: number): void => {
  shared.aheadMs = ms;
};

/** Milliseconds since 1970, by the clock that is never set. */
export const realNow = (): number => shared.RealDate.now();

function install(): Shared {
  const RealDate = globalThis.Date;
  const state: Shared = { RealDate, aheadMs: 0 };
  const now = (): number => RealDate.now() + state.aheadMs;
  // No class of its own: what the runtime makes is to be an instance of it, too.
  const AheadDate: DateConstructor = new Proxy(RealDate, {
    construct: (target, args, asked): Date => {
      const newTarget = asked === AheadDate ? target : asked;
      return Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget);
    },
    get: (target, property) => (property === "now" ? now : Reflect.get(target, property)),
  });
  globalThis.Date = AheadDate;
  Reflect.set(globalThis, SHARED, state);
  return state;
}
