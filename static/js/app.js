/* The only entry that pages name. */
import { startModules } from "./behaviours.js";

startModules(document);
