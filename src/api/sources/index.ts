import type { Route } from "../route.ts";
import { createSource } from "./create.ts";
import { removeSource } from "./delete.ts";
import { getSource } from "./get.ts";
import { listWorkspaceSources } from "./list.ts";
import { changeSource } from "./update.ts";

export const sourceRoutes: readonly Route[] = [
  createSource,
  listWorkspaceSources,
  getSource,
  changeSource,
  removeSource,
];
