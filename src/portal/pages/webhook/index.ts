import type { PageRoute } from "../../page-route.ts";
import { enableAction, pauseAction, probeAction, resumeAction, testAction } from "./actions.tsx";
import { deleteAction, deletePage } from "./delete.tsx";
import { overviewPage } from "./overview.tsx";
import { rotateAction, rotatePage } from "./rotate.tsx";
import { settingsPage } from "./settings.tsx";

export const webhookPages: readonly PageRoute[] = [
  overviewPage,
  settingsPage,
  rotatePage,
  rotateAction,
  deletePage,
  deleteAction,
  pauseAction,
  resumeAction,
  enableAction,
  probeAction,
  testAction,
];
