/* PURE. Strokes of a signature in a box three wide and one high, whatever the canvas they were drawn on. */
const BOX = [3, 1];
const MOST_STROKES = 200;
const MOST_POINTS = 2000;
const DIGITS = 4;

/** How a canvas lies in the box: whole, centred. */
function fit(width, height) {
  const scale = Math.max(width / BOX[0], height / BOX[1]);
  return { scale, left: (BOX[0] - width / scale) / 2, top: (BOX[1] - height / scale) / 2 };
}

const clamp = (value, most) => Number(Math.min(most, Math.max(0, value)).toFixed(DIGITS));

function pieces(points) {
  const made = [];
  // The last point of a piece begins the next one, so that the line stays whole.
  for (let from = 0; from === 0 || from < points.length - 1; from += MOST_POINTS - 1) made.push(points.slice(from, from + MOST_POINTS));
  return made;
}

/** Canvas points [[{x, y}]] to box points [[[x, y]]]. */
export function toBox(strokes, width, height) {
  const { scale, left, top } = fit(width, height);
  return strokes
    .filter((stroke) => stroke.length)
    .flatMap((stroke) => pieces(stroke.map(({ x, y }) => [clamp(x / scale + left, BOX[0]), clamp(y / scale + top, BOX[1])])))
    .slice(0, MOST_STROKES);
}

/** Box points back onto a canvas. */
export function toCanvas(strokes, width, height) {
  const { scale, left, top } = fit(width, height);
  return strokes.map((stroke) => stroke.map(([x, y]) => ({ x: (x - left) * scale, y: (y - top) * scale })));
}
