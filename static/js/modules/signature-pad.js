/* A signature with the finger. The hidden input holds its strokes; an event "restore" on it draws what it holds. */
import { toBox, toCanvas } from "../offline/strokes.js";

const INK = "#000";
// One width: the strokes keep no times, from which a thinner line for a quick hand could be drawn again.
const WIDTH = 4;
// Nearer points than this only make the record larger.
const APART = 3;

function kept(input) {
  try {
    const strokes = JSON.parse(input.value || "[]");
    return Array.isArray(strokes) ? strokes : [];
  } catch {
    return [];
  }
}

const between = (one, other) => [(one.x + other.x) / 2, (one.y + other.y) / 2];

/** Draw a stroke from its point number `from` on; a curve bends at each point and passes the middles between them. */
function draw(pen, points, from = 0) {
  pen.beginPath();
  pen.moveTo(...(from > 1 ? between(points[from - 2], points[from - 1]) : [points[0].x, points[0].y]));
  for (let i = Math.max(1, from); i < points.length; i += 1) pen.quadraticCurveTo(points[i - 1].x, points[i - 1].y, ...between(points[i - 1], points[i]));
  const last = points[points.length - 1];
  pen.lineTo(last.x, last.y);
  pen.stroke();
}

/** The canvas as large as it is shown, empty, and a pen for it. */
function blank(canvas) {
  const ratio = Math.max(devicePixelRatio || 1, 1);
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  return Object.assign(pen, { strokeStyle: INK, lineWidth: WIDTH, lineCap: "round", lineJoin: "round" });
}

export function start(canvas) {
  const input = document.getElementById(canvas.dataset.input);
  let pen = null;
  let strokes = [];
  let finger = null;

  function show() {
    if (!canvas.clientWidth) return;
    finger = null;
    pen = blank(canvas);
    strokes = toCanvas(kept(input), canvas.clientWidth, canvas.clientHeight).filter((points) => points.length);
    for (const points of strokes) draw(pen, points);
  }

  function keep() {
    input.value = strokes.length ? JSON.stringify(toBox(strokes, canvas.clientWidth, canvas.clientHeight)) : "";
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function add({ clientX, clientY }) {
    const box = canvas.getBoundingClientRect();
    const points = strokes[strokes.length - 1];
    const last = points[points.length - 1];
    const point = { x: clientX - box.left - canvas.clientLeft, y: clientY - box.top - canvas.clientTop };
    if (last && Math.hypot(point.x - last.x, point.y - last.y) < APART) return;
    points.push(point);
    draw(pen, points, points.length - 1);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (finger !== null || event.button > 0 || !pen) return;
    event.preventDefault();
    finger = event.pointerId;
    canvas.setPointerCapture(finger);
    strokes.push([]);
    add(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId === finger) add(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== finger) return;
      finger = null;
      keep();
    });
  }
  document.getElementById(canvas.dataset.clear)?.addEventListener("click", () => {
    input.value = "";
    show();
    keep();
  });
  input.addEventListener("restore", show);
  let before = "";
  // A canvas in a closed <details> has no size yet, and a turned phone gives it another.
  new ResizeObserver(() => {
    const size = [canvas.clientWidth, canvas.clientHeight].join();
    if (size === before) return;
    before = size;
    show();
  }).observe(canvas);
}
