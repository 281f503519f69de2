import * as z from "zod";

function fromJson(text: string, context: z.RefinementCtx<string>): unknown {
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    context.addIssue({ code: "custom", message: "EMAIL_ROUTES must be JSON text" });
    return z.NEVER;
  }
}

/**
 * The variable `EMAIL_ROUTES`: JSON text that assigns addresses, or whole domains, to sources, as in
 * `{"in.example.com": "src_…"}`. Only the operator can: a workspace that could would take the others' mail.
 */
export const EmailRoutes = z
  .string("EMAIL_ROUTES must be JSON text")
  .transform(fromJson)
  .pipe(z.record(z.string().min(1), z.string().regex(/^src_/, "EMAIL_ROUTES names sources: src_…")))
  .transform((routes): ReadonlyMap<string, string> => {
    return new Map(Object.entries(routes).map(([address, source]) => [address.toLowerCase(), source]));
  })
  .default(new Map());
