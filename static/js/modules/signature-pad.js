/* A signature with the finger. The hidden input holds its strokes; an event "restore" on it draws what it holds. */
import SignaturePad from "signature_pad";
import { toBox, toCanvas } from "../offline/strokes.js";

const INK = "#000";
// One width: the strokes keep no times, from which a thinner line for a quick hand could be drawn again.
const PEN = { penColor: INK, minWidth: 2, maxWidth: 2 };

function kept(input) {
  try {
    const strokes = JSON.parse(input.value || "[]");
    return Array.isArray(strokes) ? strokes : [];
  } catch {
    return [];
  }
}

export function start(canvas) {
  const input = document.getElementById(canvas.dataset.input);
  const pad = new SignaturePad(canvas, { ...PEN, throttle: 8 });
  const size = () => [canvas.clientWidth, canvas.clientHeight];

  function draw() {
    const [width, height] = size();
    if (!width) return;
    const ratio = Math.max(devicePixelRatio || 1, 1);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    const strokes = toCanvas(kept(input), width, height);
    if (strokes.length) {
      const look = { ...PEN, dotSize: 2, velocityFilterWeight: 0.7, compositeOperation: "source-over" };
      pad.fromData(strokes.map((points) => ({ ...look, points: points.map((point) => ({ ...point, pressure: 0.5, time: 0 })) })), { clear: false });
    }
  }

  function keep(strokes) {
    input.value = strokes.length ? JSON.stringify(strokes) : "";
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  pad.addEventListener("endStroke", () => keep(toBox(pad.toData().map((stroke) => stroke.points), ...size())));
  document.getElementById(canvas.dataset.clear)?.addEventListener("click", () => {
    pad.clear();
    keep([]);
  });
  input.addEventListener("restore", draw);
  let before = "";
  // A canvas in a closed <details> has no size yet, and a turned phone gives it another.
  new ResizeObserver(() => {
    if (size().join() === before) return;
    before = size().join();
    draw();
  }).observe(canvas);
}
