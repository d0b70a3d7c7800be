/* The behaviours of pages without an account, by the link of a notice, a poster or a sheet: what is entered is kept until it is sent. */
import * as forgetUnsent from "./modules/forget-unsent.js";
import * as keepUnsent from "./modules/keep-unsent.js";

export const behaviours = { "forget-unsent": forgetUnsent, "keep-unsent": keepUnsent };
