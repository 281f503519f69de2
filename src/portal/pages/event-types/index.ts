import type { PageRoute } from "../../page-route.ts";
import { addEventTypeAction, newEventTypePage } from "./add.tsx";
import { eventTypePage } from "./detail.tsx";
import { deleteEventTypeAction, deleteEventTypePage, editEventTypeAction, editEventTypePage } from "./edit.tsx";
import { listEventTypesPage } from "./list.tsx";

export const eventTypePages: readonly PageRoute[] = [
  listEventTypesPage,
  newEventTypePage,
  addEventTypeAction,
  eventTypePage,
  editEventTypePage,
  editEventTypeAction,
  deleteEventTypePage,
  deleteEventTypeAction,
];
