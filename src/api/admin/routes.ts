import { moveSome, type Progress, progress } from "../../config/reencryption.ts";
import { one } from "../page.ts";
import { defineRoute, type Route } from "../route.ts";
import * as z from "../z.ts";

const count = z.int().min(0);

const Key = z.object({
  id: z.string().nullable().openapi({
    description: "The first 8 hex digits of the key's SHA-256; null counts what has not the form of a sealed value.",
    example: "ccb67216",
  }),
  role: z.enum(["first", "older", "missing"]).openapi({
    description: "`first` seals, `older` opens, `missing` is none of the deployment's: its values cannot be read.",
  }),
  values: count,
});

const shape = {
  keys: z.array(Key),
  total: count,
  done: count.openapi({ description: "Values under the first key." }),
  remaining: count.openapi({ description: "Values under others: at 0, the others can be removed." }),
};

export const Reencryption = z.object(shape).openapi("Reencryption");

export const ReencryptionStep = z
  .object({
    ...shape,
    moved: count.openapi({ description: "Values that this call has moved." }),
    unopened: z.array(z.object({ kind: z.string(), id: z.string() })).openapi({
      description: "Values that do not open, whose they are: moved there from elsewhere, or damaged. At most 20.",
    }),
  })
  .openapi("ReencryptionStep");

const facts = { path: "/api/v1/admin/reencrypt", scope: "admin", tag: "Administration" } as const;

const getReencryption = defineRoute(
  {
    ...facts,
    method: "get",
    summary: "Tell how many stored secrets are under which encryption key",
    success: { status: 200, schema: one(Reencryption) },
  },
  async ({ env }) => ({ data: view(await progress(env)) }),
);

const reencrypt = defineRoute(
  {
    ...facts,
    method: "post",
    audit: "secrets.reencrypted",
    summary: "Move some stored secrets to the first encryption key; repeat it until none remain",
    success: { status: 200, schema: one(ReencryptionStep) },
  },
  async ({ env }) => {
    const { moved, unopened } = await moveSome(env);
    const named = unopened.map(({ kind, owner }) => ({ kind, id: owner }));
    return { data: { ...view(await progress(env)), moved, unopened: named } };
  },
);

function view({ first, keys }: Progress): z.infer<typeof Reencryption> {
  const total = keys.reduce((sum, { values }) => sum + values, 0);
  const done = keys.find(({ id }) => id === first)?.values ?? 0;
  const roleOf = ({ id, known }: Progress["keys"][number]) => {
    if (id === first) return "first";
    return known ? "older" : "missing";
  };
  return {
    keys: keys.map((key) => ({ id: key.id, role: roleOf(key), values: key.values })),
    total,
    done,
    remaining: total - done,
  };
}

export const adminRoutes: readonly Route[] = [getReencryption, reencrypt];
