import type { Route } from "../route.ts";
import { createWorkspace } from "./create.ts";
import { removeWorkspace } from "./delete.ts";
import { getWorkspace } from "./get.ts";
import { listAllWorkspaces } from "./list.ts";
import { changeWorkspace } from "./update.ts";

export const workspaceRoutes: readonly Route[] = [
  createWorkspace,
  listAllWorkspaces,
  getWorkspace,
  changeWorkspace,
  removeWorkspace,
];
