import type { Route } from "../route.ts";
import { createToken } from "./create.ts";
import { revokeToken } from "./delete.ts";
import { getToken } from "./get.ts";
import { listAllTokens } from "./list.ts";

export const tokenRoutes: readonly Route[] = [createToken, listAllTokens, getToken, revokeToken];
