/* The behaviours of pages about what this phone keeps, which its folder holds: the pack, the list of what waits, rescue files. */
export { showFiled } from "./unsent/after-submit.js";
import * as offlineState from "./unsent/offline-state.js";
import * as outboxList from "./unsent/outbox-list.js";
import * as phoneState from "./unsent/phone-state.js";
import * as rescueFile from "./unsent/rescue-file.js";
import * as rescueTake from "./unsent/rescue-take.js";

export const behaviours = {
  "offline-state": offlineState, "outbox-list": outboxList, "phone-state": phoneState, "rescue-file": rescueFile, "rescue-take": rescueTake,
};
