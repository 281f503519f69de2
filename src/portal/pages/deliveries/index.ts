import type { PageRoute } from "../../page-route.ts";
import { showDelivery } from "./delivery.tsx";
import { listDeliveriesPage } from "./list.tsx";
import { redeliverChosen, redeliverOne, sendTest } from "./redeliver.tsx";
import { countReplay, replayPage, startReplay } from "./replay.tsx";
import { replayProgressPage } from "./replay-progress-page.tsx";

export const deliveryPages: readonly PageRoute[] = [
  listDeliveriesPage,
  redeliverChosen,
  sendTest,
  showDelivery,
  redeliverOne,
  replayPage,
  countReplay,
  startReplay,
  replayProgressPage,
];
