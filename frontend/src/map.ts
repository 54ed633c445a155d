// The maps, loaded only by pages that have one.

import "./styles/map.css";
import { one } from "./dom";
import { startBoardMap } from "./map-board";
import { startMapPage } from "./map-page";
import { startPicker } from "./map-pick";

const frame = one("[data-map]");
if (frame?.dataset["boardMap"] !== undefined) void startBoardMap(frame);
else if (frame) void (frame.dataset["pick"] === undefined ? startMapPage(frame) : startPicker(frame));
