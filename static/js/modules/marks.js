/* Marks on a photo, drawn on a layer of their own; the drawing itself is loaded when somebody marks. */
import { readyLater } from "../i18n.js";

export async function start(place) {
  await readyLater();
  const { draw } = await import("../marking.js");
  draw(place);
}
