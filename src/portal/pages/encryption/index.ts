import type { PageRoute } from "../../page-route.ts";
import { encryptionPage, moveSomeAction } from "./page.tsx";

export const encryptionPages: readonly PageRoute[] = [encryptionPage, moveSomeAction];
