import { app } from "./api/app.ts";
import { receiveEmail } from "./inbound/email.ts";
import { portal } from "./portal/app.tsx";
import { byTheClock } from "./sweep/sweep.ts";

export { Courier } from "./delivery/courier.ts";
export { Endpoint } from "./delivery/endpoint.ts";
export { Relay } from "./events/relay.ts";
export { EventStream } from "./events/stream.ts";
export { Source } from "./inbound/source.ts";

export default {
  fetch: (request, env, context) => (isPortal(request) ? portal : app).fetch(request, env, context),
  email: (message, env) => receiveEmail(message, env),
  scheduled: (controller, env) => byTheClock(env, controller),
} satisfies ExportedHandler<Env>;

/** A request's URL comes normalised: to parse it once more is what most requests need least. */
const PORTAL = /^https?:\/\/[^/]*\/(?:portal(?:[/?#]|$)|docs(?:[?#]|$))/;

const isPortal = ({ url }: Request): boolean => PORTAL.test(url);
