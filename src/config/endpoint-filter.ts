import { and, eq } from "drizzle-orm";
import { type EndpointRow, endpoints } from "./schema.ts";

/**
 * The endpoints that an operation sees: a workspace's, or of those the ones of a dialect or a survey alone. Where nothing
 * is said of the kind these are its webhooks, so that nothing happens to where its notifications go by the way.
 */
export type EndpointFilter = {
  workspaceId: number;
  kind?: EndpointRow["kind"] | "any";
  dialect?: string;
  survey?: string;
};

export const matching = ({ workspaceId, kind = "webhook", dialect, survey }: EndpointFilter) =>
  and(
    eq(endpoints.workspaceId, workspaceId),
    kind === "any" ? undefined : eq(endpoints.kind, kind),
    dialect === undefined ? undefined : eq(endpoints.dialect, dialect),
    survey === undefined ? undefined : eq(endpoints.survey, survey),
  );
