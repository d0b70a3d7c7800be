/* Before and after on each other: a slider moves the edge between them. Without scripts both stand side by side. */
import { button, make } from "../elements.js";
import { _, ready } from "../i18n.js";

const START = 50;

/** A copy of a figure's picture with its words and what is drawn over it. */
function side(figure, name) {
  const made = make("div", `side-${name}`);
  const image = figure.querySelector("img");
  const copy = make("img");
  const fine = figure.querySelector("source");
  copy.addEventListener("error", () => { copy.src = image.src; }, { once: true });
  copy.src = fine && matchMedia(fine.media).matches ? fine.srcset : image.src;
  copy.alt = "";
  made.append(copy, make("b", "", figure.querySelector("figcaption b").textContent));
  const layer = figure.querySelector("svg.drawn");
  if (layer) made.insertBefore(layer.cloneNode(true), made.lastChild);
  return made;
}

export async function start(pair) {
  const figures = [...pair.querySelectorAll("figure")];
  if (figures.length !== 2 || figures.some((figure) => !figure.querySelector("img"))) return;
  await ready;
  const range = make("input");
  Object.assign(range, { type: "range", min: 0, max: 100, step: 1, value: START });
  range.setAttribute("aria-label", _("How much of the photo before is shown"));
  const sides = [side(figures[0], "before"), side(figures[1], "after")];
  const box = make("div", "laid", ...sides, range);
  // The edge stands over the thumb: to its left the photo before, to its right the one after.
  const move = () => {
    box.style.setProperty("--edge-at", `${range.value}%`);
    range.setAttribute("aria-valuetext", _("%(share)s % before", { share: range.value }));
  };
  range.addEventListener("input", move);
  move();

  const toggle = button("", () => show(box.hidden), "btn bare");
  function show(laid) {
    box.hidden = !laid;
    pair.hidden = laid;
    toggle.textContent = laid ? _("Side by side") : _("On each other, with a slider");
  }
  pair.after(box, toggle);
  show(true);
}
