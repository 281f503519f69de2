import * as real from "../../src/index.ts";
import { modelHandlers } from "./model.ts";
import { modelled } from "./objects.ts";

/** The product on the model of the platform. Each class of objects that it has is a line here. */

export const Courier = modelled(real.Courier);
export const Endpoint = modelled(real.Endpoint);
export const EventStream = modelled(real.EventStream);
export const Relay = modelled(real.Relay);
export const Source = modelled(real.Source);

export default modelHandlers(real.default);
