import type { Route } from "../route.ts";
import { createEventType } from "./create.ts";
import { removeEventType } from "./delete.ts";
import { listAllEventTypes } from "./list.ts";
import { changeEventType } from "./update.ts";

export const eventTypeRoutes: readonly Route[] = [listAllEventTypes, createEventType, changeEventType, removeEventType];
