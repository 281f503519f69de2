import administration from "./administration.css";
import badges from "./badges.css";
import base from "./base.css";
import cards from "./cards.css";
import charts from "./charts.css";
import code from "./code.css";
import deliveries from "./deliveries.css";
import events from "./events.css";
import forms from "./forms.css";
import frame from "./frame.css";
import menus from "./menus.css";
import notes from "./notes.css";
import reference from "./reference.css";
import sources from "./sources.css";
import tables from "./tables.css";
import tabs from "./tabs.css";
import webhook from "./webhook.css";
import webhooks from "./webhooks.css";

/** The pages' styles, a file each subject. The order counts: what is of one page comes after what all have. */
export const styles = [
  base,
  frame,
  cards,
  tables,
  badges,
  forms,
  menus,
  tabs,
  notes,
  code,
  charts,
  webhooks,
  webhook,
  deliveries,
  events,
  sources,
  administration,
  reference,
].join("\n");
