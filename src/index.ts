import { app } from "./api/app.ts";
import { consume } from "./delivery/consumer.ts";
import { receiveEmail } from "./inbound/email.ts";

export { Endpoint } from "./delivery/endpoint.ts";
export { EventStream } from "./events/stream.ts";
export { Source } from "./inbound/source.ts";

export default {
  fetch: app.fetch,
  queue: consume,
  email: (message, env) => receiveEmail(message, env),
} satisfies ExportedHandler<Env>;
