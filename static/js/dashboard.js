/* The behaviours of the dashboard and of the wall view. */
import * as later from "./modules/later.js";
import * as mapLinks from "./modules/map-links.js";
import * as renew from "./modules/renew.js";

export const behaviours = { later, "map-links": mapLinks, renew };
