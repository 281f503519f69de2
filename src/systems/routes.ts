import type { Route } from "../api/route.ts";
import { casesRoutes } from "./cases/api/routes.ts";
import { surveyRoutes } from "./platform/api/routes.ts";

/** What systems have for an API of their own, beside the one that all have. */
export const systemRoutes: readonly Route[] = [...surveyRoutes, ...casesRoutes];
