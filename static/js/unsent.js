/* The behaviours of pages about what waits on this phone: the list, the phone's state, rescue files. */
import * as outboxList from "./modules/outbox-list.js";
import * as phoneState from "./modules/phone-state.js";
import * as rescueFile from "./modules/rescue-file.js";
import * as rescueTake from "./modules/rescue-take.js";

export const behaviours = {
  "outbox-list": outboxList, "phone-state": phoneState, "rescue-file": rescueFile, "rescue-take": rescueTake,
};
