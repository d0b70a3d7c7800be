/* The behaviours of lists on a desk. */
import * as listKeys from "./modules/list-keys.js";
import * as savedTabs from "./modules/saved-tabs.js";

export const behaviours = { "list-keys": listKeys, "saved-tabs": savedTabs };
