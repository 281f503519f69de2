import type { Route } from "../route.ts";
import { getUsage } from "./get.ts";

export const usageRoutes: readonly Route[] = [getUsage];
