import type { Route } from "../route.ts";
import { getDelivery } from "./get.ts";
import { listDeliveries } from "./list.ts";
import { redeliver } from "./redeliver.ts";
import { replay } from "./replay.ts";

export const deliveryRoutes: readonly Route[] = [listDeliveries, getDelivery, redeliver, replay];
