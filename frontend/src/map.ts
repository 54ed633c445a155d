// The maps, loaded only by pages that have one.

import "./styles/map.css";
import { one } from "./dom";
import { startMapPage } from "./map-page";
import { startPicker } from "./map-pick";

const frame = one("[data-map]");
if (frame) void (frame.dataset["pick"] === undefined ? startMapPage(frame) : startPicker(frame));
