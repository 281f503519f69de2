import type { Route } from "../route.ts";
import { getEvent } from "./get.ts";
import { listEvents } from "./list.ts";
import { publishEvents } from "./publish.ts";

export const eventRoutes: readonly Route[] = [publishEvents, listEvents, getEvent];
