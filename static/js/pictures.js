/* The behaviours of pages on which photos are compared, taken over an earlier one, or marked. */
import * as camera from "./modules/camera.js";
import * as compare from "./modules/compare.js";
import * as marks from "./modules/marks.js";

export const behaviours = { camera, compare, marks };
