import type { AppContext } from "../api/context.ts";

/** What a form has brought. Empty for a body that is no form: as that does not show whose it is, it is refused. */
export const formOf = (c: AppContext): Promise<FormData> => c.req.formData().catch(() => new FormData());
