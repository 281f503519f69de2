import type { Route } from "../route.ts";
import { listWorkspaceAuditLog } from "./list.ts";
import { listWholeAuditLog } from "./list-all.ts";

export const auditRoutes: readonly Route[] = [listWorkspaceAuditLog, listWholeAuditLog];
