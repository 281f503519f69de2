import type { PageRoute } from "../../page-route.ts";
import { auditLogPage, wholeAuditLogPage } from "./list.tsx";

export const auditLogPages: readonly PageRoute[] = [auditLogPage, wholeAuditLogPage];
