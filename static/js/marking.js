/* Marks on a photo: circle, arrow, pen and text on a layer over it; undo. By finger, mouse or keys; the photo stays as it is. */
import { button, make } from "./elements.js";
import { _, N_, readyLater } from "./i18n.js";
import { MOST_POINTS, MOST_SHAPES, drawn, fitting, thinned } from "./offline/marks.js";

const NS = "http://www.w3.org/2000/svg";
const STEP = 0.02;
const TOOLS = [["circle", N_("Circle")], ["arrow", N_("Arrow")], ["pen", N_("Pen")], ["text", N_("Text")]];
const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

function paint(layer, shapes, height, cursor) {
  layer.replaceChildren();
  for (const { tag, text = "", ...attributes } of shapes.flatMap((shape) => drawn(shape, height))) {
    const element = document.createElementNS(NS, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    layer.append(element);
  }
  if (!cursor) return;
  const cross = document.createElementNS(NS, "path");
  const [x, y] = [cursor[0] * 1000, cursor[1] * height];
  cross.setAttribute("d", `M${x - 20} ${y}h40M${x} ${y - 20}v40`);
  cross.setAttribute("class", "cursor");
  layer.append(cross);
}

function tools(choose) {
  const group = make("div", "btns");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", _("What to draw"));
  const made = TOOLS.map(([kind, words]) => {
    const one = button(_(words), () => pick(kind));
    one.dataset.kind = kind;
    return one;
  });
  function pick(kind) {
    for (const one of made) one.setAttribute("aria-pressed", String(one.dataset.kind === kind));
    choose(kind);
  }
  group.append(...made);
  pick("circle");
  return group;
}

/** Let a person draw over the picture of `place`; what is drawn stands as JSON in its hidden input. */
export function draw(place) {
  const input = place.querySelector("input[type=hidden]");
  const layer = place.querySelector("svg");
  const height = layer.viewBox.baseVal.height;
  let shapes = JSON.parse(input.value || "[]");
  let kind = "circle";
  let going = null;
  let cursor = null;

  const words = make("input", "in");
  words.maxLength = 40;
  const field = make("label", "field", make("span", "", _("Words to write on the photo")), words);
  const state = make("p", "small");
  state.setAttribute("role", "status");
  const undo = button(_("Undo"), () => { shapes = shapes.slice(0, -1); keep(); });

  function keep() {
    input.value = JSON.stringify(shapes);
    undo.disabled = !shapes.length;
    state.textContent = _("Marks: %(count)s", { count: shapes.length });
    show();
  }

  const show = () => paint(layer, going ? [...shapes, going] : shapes, height, cursor);

  function begin(point) {
    if (shapes.length >= MOST_SHAPES) return;
    if (kind === "text") {
      if (words.value.trim()) shapes = [...shapes, { kind, points: [point], text: words.value.trim() }];
      else words.focus();
      keep();
      return;
    }
    going = { kind, points: [point, point] };
    show();
  }

  function move(point) {
    if (!going) return;
    if (kind !== "pen") going.points = [going.points[0], point];
    else if (going.points.length < MOST_POINTS) going.points = [...going.points, point];
    show();
  }

  function end() {
    if (going && fitting(going)) shapes = [...shapes, kind === "pen" ? { kind, points: thinned(going.points) } : going];
    going = null;
    keep();
  }

  function at(event) {
    const box = layer.getBoundingClientRect();
    const within = (value) => Number(Math.min(1, Math.max(0, value)).toFixed(4));
    return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
  }

  layer.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    layer.setPointerCapture(event.pointerId);
    cursor = null;
    begin(at(event));
  });
  layer.addEventListener("pointermove", (event) => move(at(event)));
  for (const name of ["pointerup", "pointercancel"]) layer.addEventListener(name, end);
  layer.addEventListener("keydown", (event) => {
    if (KEYS[event.key]) {
      event.preventDefault();
      const [x, y] = cursor ?? [0.5, 0.5];
      const within = (value) => Number(Math.min(1, Math.max(0, value)).toFixed(4));
      cursor = [within(x + KEYS[event.key][0]), within(y + KEYS[event.key][1])];
      move(cursor);
      show();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      cursor ??= [0.5, 0.5];
      if (going) end();
      else begin(cursor);
    } else if (event.key === "Escape") {
      going = null;
      show();
    }
  });
  layer.tabIndex = 0;
  layer.setAttribute("aria-label", _("The photo. Arrow keys move the cross, Enter begins and ends a mark."));
  place.prepend(tools((chosen) => { kind = chosen; field.hidden = kind !== "text"; }));
  layer.parentElement.after(field, make("div", "btns", undo, state));
  keep();
}

/** Let a person draw over a picture that is not sent yet; the shapes, or null when they are given up. */
export async function markInDialog(file, shapes) {
  const image = make("img");
  image.src = URL.createObjectURL(file);
  image.alt = _("The photo to mark");
  await Promise.all([image.decode(), readyLater()]);
  const layer = document.createElementNS(NS, "svg");
  layer.setAttribute("class", "drawn");
  layer.setAttribute("role", "img");
  layer.setAttribute("viewBox", `0 0 1000 ${(1000 * image.naturalHeight / image.naturalWidth).toFixed(1)}`);
  const input = make("input");
  Object.assign(input, { type: "hidden", value: JSON.stringify(shapes) });
  const place = make("div", "marking", input, make("div", "marked big", image, layer));
  const dialog = make("dialog", "marker", place);
  dialog.setAttribute("aria-label", _("Mark the photo"));
  return new Promise((resolve) => {
    let made = null;
    dialog.append(make("div", "btns",
      button(_("Keep the marks"), () => { made = JSON.parse(input.value); dialog.close(); }, "btn primary"),
      button(_("Close without keeping"), () => dialog.close())));
    dialog.addEventListener("close", () => {
      URL.revokeObjectURL(image.src);
      dialog.remove();
      resolve(made);
    });
    document.body.append(dialog);
    dialog.showModal();
    draw(place);
  });
}
