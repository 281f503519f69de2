/** The one `z` of the API: it knows `.openapi()`. */
export { z } from "@hono/zod-openapi";
