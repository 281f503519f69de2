import type { Route } from "../route.ts";
import { getReencryption, reencrypt } from "./reencrypt.ts";

export const adminRoutes: readonly Route[] = [getReencryption, reencrypt];
