import type { Provider } from "../provider.ts";
import { github } from "./github.ts";
import { metaWhatsApp } from "./meta-whatsapp.ts";
import { stripe } from "./stripe.ts";

const all: readonly Provider[] = [github, metaWhatsApp, stripe];

/** Every provider of callbacks, by the name that sources and `/in/{provider}/…` call it. */
export const providers: Readonly<Record<string, Provider>> = Object.fromEntries(all.map((each) => [each.name, each]));
