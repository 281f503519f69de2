import type { PageRoute } from "../../page-route.ts";
import { createWorkspaceAction, newWorkspacePage } from "./create.tsx";
import { deleteWorkspaceAction, deleteWorkspacePage } from "./delete.tsx";
import { listWorkspacesPage } from "./list.tsx";
import { createPortalLinkAction, newPortalLinkPage } from "./portal-link.tsx";
import { endSessionsAction, endSessionsPage, listPortalLinksPage, revokePortalLinkAction } from "./portal-links.tsx";
import { changeSettingsAction, settingsPage } from "./settings.tsx";
import { switchWorkspacePage } from "./switch.tsx";

export const workspacePages: readonly PageRoute[] = [
  listWorkspacesPage,
  switchWorkspacePage,
  newWorkspacePage,
  createWorkspaceAction,
  settingsPage,
  changeSettingsAction,
  newPortalLinkPage,
  createPortalLinkAction,
  listPortalLinksPage,
  endSessionsPage,
  endSessionsAction,
  revokePortalLinkAction,
  deleteWorkspacePage,
  deleteWorkspaceAction,
];
