// The one script of every page. Each part finds its own elements and stays silent where there are none;
// parts that belong to swapped content are started again after htmx has put it in.

import "./styles/main.css";
import { startAlerts } from "./alerts";
import { startAutosave } from "./autosave";
import { startCapture } from "./capture";
import { startCells } from "./cells";
import { startCommandBar } from "./command";
import { startCopy } from "./copy";
import { startDrafts } from "./drafts";
import { startDrawer } from "./drawer";
import { startEditor } from "./editor";
import { startHeat } from "./heat";
import { startLedger } from "./ledger";
import { startMenus } from "./menus";
import { startPasskeys } from "./passkeys";
import { startPhotos } from "./photos";
import { startPickers } from "./picker";
import { startPreferences } from "./preferences";
import { startPreviews } from "./previews";
import { startSender } from "./sender";
import { startSlow } from "./slow";
import { startSheet } from "./sheet";
import { startHtmx } from "./setup-htmx";
import { startWorkflows } from "./workflow";

function startContent(root: ParentNode): void {
  startAutosave(root);
  startCapture(root);
  startEditor(root);
  startHeat(root);
  startPickers(root);
  startSheet(root);
  startWorkflows(root);
}

startHtmx();
startPreferences();
startAlerts();
startMenus();
startCommandBar();
startLedger();
startDrawer();
startPasskeys();
startPhotos();
startPreviews();
startCopy();
startCells();
startSlow();
startContent(document);
startDrafts();
startSender();
document.addEventListener("htmx:load", (event) => {
  if (event.target instanceof HTMLElement) startContent(event.target);
});
document.addEventListener("huoshui:content", (event) => {
  if (event instanceof CustomEvent && event.detail instanceof HTMLElement) startContent(event.detail);
});
