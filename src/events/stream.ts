import { DurableObject } from "cloudflare:workers";
/** stub being written */
export class EventStream extends DurableObject<Env> {}
