import type { Route } from "../route.ts";
import { createEndpoint } from "./create.ts";
import { removeEndpoint } from "./delete.ts";
import { getEndpoint } from "./get.ts";
import { listEndpoints } from "./list.ts";
import { changeEndpoint } from "./update.ts";

/** The management API of the system of cases and assignments, for the token's own workspace. */
export const casesRoutes: readonly Route[] = [
  listEndpoints,
  createEndpoint,
  getEndpoint,
  changeEndpoint,
  removeEndpoint,
];
