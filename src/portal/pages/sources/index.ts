import type { PageRoute } from "../../page-route.ts";
import { chooseProviderPage } from "./choose.tsx";
import { deleteSourceAction, deleteSourcePage } from "./delete.tsx";
import { changeSourceAction, editSourcePage } from "./edit.tsx";
import { findReceiptPage } from "./find-receipt.tsx";
import { listSourcesPage } from "./list.tsx";
import { createSourceAction, newSourcePage } from "./new.tsx";
import { attachmentRoute, receiptPage } from "./receipt.tsx";
import { completeAction, setupPage } from "./setup.tsx";
import { sourcePage } from "./show.tsx";

export const sourcePages: readonly PageRoute[] = [
  listSourcesPage,
  chooseProviderPage,
  newSourcePage,
  createSourceAction,
  sourcePage,
  setupPage,
  completeAction,
  editSourcePage,
  changeSourceAction,
  deleteSourcePage,
  deleteSourceAction,
  receiptPage,
  attachmentRoute,
  findReceiptPage,
];
