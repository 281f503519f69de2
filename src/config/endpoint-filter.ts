import { and, eq } from "drizzle-orm";
import { endpoints } from "./schema.ts";

/** The endpoints that an operation sees: a workspace's, or of those the ones of a dialect alone. */
export type EndpointFilter = { workspaceId: number; dialect?: string };

export const matching = ({ workspaceId, dialect }: EndpointFilter) =>
  and(eq(endpoints.workspaceId, workspaceId), dialect === undefined ? undefined : eq(endpoints.dialect, dialect));
