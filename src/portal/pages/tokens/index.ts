import type { PageRoute } from "../../page-route.ts";
import { createTokenAction, newTokenPage } from "./create.tsx";
import { listTokensPage } from "./list.tsx";
import { revokeTokenAction, revokeTokenPage } from "./revoke.tsx";

export const tokenPages: readonly PageRoute[] = [
  listTokensPage,
  newTokenPage,
  createTokenAction,
  revokeTokenPage,
  revokeTokenAction,
];
