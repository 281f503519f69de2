import type { Provider } from "../provider.ts";

const all: readonly Provider[] = [];

/** Every provider of callbacks, by the name that sources and `/in/{provider}/…` call it. */
export const providers: Readonly<Record<string, Provider>> = Object.fromEntries(all.map((each) => [each.name, each]));
