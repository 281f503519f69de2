import { MAX_PLAN_NAME } from "../../config/plans.ts";
import type { NotifiedWorkspace, WorkspaceFields } from "../../config/workspaces.ts";
import { MAX_STREAMS } from "../../lib/ids.ts";
import { defined, iso, Timestamp } from "../fields.ts";
import * as z from "../z.ts";

const name = z.string().min(1).max(200);
const externalId = z.string().min(1).max(200).openapi({ example: "0b0f9f5e-6f3f-4a6e-9f0e-3f1d2c4b5a69" });
const optional = {
  community_name: z.string().min(1).max(200).nullish(),
  plan: z.string().min(1).max(MAX_PLAN_NAME).nullish().openapi({
    description:
      "One of the deployment's plans, which limit what a workspace may have; none of them: what the deployment allows everybody.",
    example: "free",
  }),
  notify_url: z.string().min(1).max(2000).nullish(),
  notify_email: z.email().max(320).nullish(),
  streams: z.int().min(1).max(MAX_STREAMS).optional().openapi({
    description:
      "Over how many streams its events are spread; 1 unless told. More of them carry more, and keep the order of events within each alone.",
  }),
};

export const NewWorkspace = z
  .strictObject({ name, external_id: externalId.optional(), ...optional })
  .openapi("NewWorkspace");

export const WorkspaceChanges = z
  .strictObject({ name: name.optional(), external_id: externalId.optional(), ...optional })
  .openapi("WorkspaceChanges");

export const WorkspaceView = z
  .object({
    id: z.int().openapi({ example: 1 }),
    external_id: externalId,
    name,
    community_name: z.string().nullable(),
    plan: z.string().nullable(),
    notify_url: z.string().nullable(),
    notify_webhook: z
      .string()
      .nullable()
      .openapi({ description: "The webhook behind `notify_url`: it has a secret, a log and a health as every other." }),
    notify_email: z.string().nullable(),
    streams: z.int(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .openapi("Workspace");

/** The answer to a change that may have made the webhook behind `notify_url`. */
export const ChangedWorkspace = WorkspaceView.extend({
  notify_secret: z.string().optional().openapi({
    description: "What notifications are signed with. Shown once, when `notify_url` is first set.",
    example: "whsec_…",
  }),
}).openapi("ChangedWorkspace");

/** The columns that a body names; those that it leaves out are left out. */
export function workspaceFields(body: z.infer<typeof WorkspaceChanges>): Partial<WorkspaceFields> {
  return defined({
    name: body.name,
    externalId: body.external_id,
    publicName: body.community_name,
    plan: body.plan,
    notifyEmail: body.notify_email,
    streams: body.streams,
  });
}

/** @param secret of the webhook behind `notify_url`, if it was made just now */
export function viewChanged(row: NotifiedWorkspace, secret: string | null): z.infer<typeof ChangedWorkspace> {
  return { ...viewWorkspace(row), ...(secret === null ? {} : { notify_secret: secret }) };
}

export function viewWorkspace(row: NotifiedWorkspace): z.infer<typeof WorkspaceView> {
  return {
    id: row.id,
    external_id: row.externalId,
    name: row.name,
    community_name: row.publicName,
    plan: row.plan,
    notify_url: row.notifyUrl,
    notify_webhook: row.notifyWebhook,
    notify_email: row.notifyEmail,
    streams: row.streams,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}
