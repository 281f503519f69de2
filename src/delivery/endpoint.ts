import { DurableObject } from "cloudflare:workers";
/** stub being written */
export class Endpoint extends DurableObject<Env> {}
