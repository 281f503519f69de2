import { app } from "./api/app.ts";
import { consume } from "./delivery/consumer.ts";

export { Endpoint } from "./delivery/endpoint.ts";
export { EventStream } from "./events/stream.ts";

export default {
  fetch: app.fetch,
  queue: consume,
} satisfies ExportedHandler<Env>;
