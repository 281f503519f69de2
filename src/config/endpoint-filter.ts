import { and, eq } from "drizzle-orm";
import { endpoints } from "./schema.ts";

/** The endpoints that an operation sees: a workspace's, or of those the ones of a dialect or a survey alone. */
export type EndpointFilter = { workspaceId: number; dialect?: string; survey?: string };

export const matching = ({ workspaceId, dialect, survey }: EndpointFilter) =>
  and(
    eq(endpoints.workspaceId, workspaceId),
    dialect === undefined ? undefined : eq(endpoints.dialect, dialect),
    survey === undefined ? undefined : eq(endpoints.survey, survey),
  );
