/* The code and the words of what this phone keeps: few pages begin with them, the check page wants them at its end. */
import { readyLater } from "./i18n.js";

export const unsentPart = async () => (await Promise.all([import("./unsent.js"), readyLater()]))[0];
