import type { Context } from "hono";
import type { Caller } from "../config/authenticate.ts";

/** What a request carries along on its way through the middleware. */
export type AppEnv = {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** Set where the route asks for a token. */
    caller: Caller | undefined;
    /** Of the page that is answered with, if any (answer-headers.ts). */
    nonce: string | undefined;
    /** The origins whose pages may show this answer in a frame; nobody's unless set. */
    framedBy: readonly string[] | undefined;
    /** Set where the path names a workspace that the caller may reach, or the route works on the token's own. */
    workspaceId: number | undefined;
  };
};

export type AppContext = Context<AppEnv>;
