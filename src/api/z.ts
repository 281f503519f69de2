import { extendZodWithOpenApi } from "@asteasolutions/zod-to-openapi";
import type * as zod from "zod";
import { ZodType } from "zod";

/** zod, with schemas that know `.openapi()`. Taken as `import * as z`: what is not used of it stays out of the bundle. */

// The class is all that is taken of what is given, and all of zod would be 50 languages that nobody reads.
extendZodWithOpenApi({ ZodType } as typeof zod);

export * from "zod";
