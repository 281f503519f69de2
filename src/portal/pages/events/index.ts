import type { PageRoute } from "../../page-route.ts";
import { eventPage } from "./detail.tsx";
import { listEventsPage } from "./list.tsx";
import { newEventPage, publishAction } from "./publish.tsx";

export const eventPages: readonly PageRoute[] = [listEventsPage, newEventPage, publishAction, eventPage];
