import type { PageRoute } from "../../page-route.ts";
import { usagePage } from "./overview.tsx";

export const usagePages: readonly PageRoute[] = [usagePage];
