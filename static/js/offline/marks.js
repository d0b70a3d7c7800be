/* PURE. Marks on a photo: shapes in shares of its width and height, as the server keeps them (photos/marks.py). */
export const MOST_SHAPES = 40;
export const MOST_POINTS = 400;
const WIDTH = 1000;
const LEAST = 0.01;
const HEAD = 40;

const near = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by) < LEAST;

/** Whether a shape is more than a touch. */
export const fitting = ({ points }) => points.some((point) => !near(point, points[0]));

/** A stroke without points that lie close to the last one kept. */
export function thinned(points) {
  const kept = [points[0]];
  for (const point of points) if (!near(point, kept.at(-1))) kept.push(point);
  if (kept.length < 2) kept.push(points.at(-1));
  return kept;
}

function head([ax, ay], [bx, by]) {
  const turn = Math.atan2(by - ay, bx - ax);
  return [turn + 2.6, turn - 2.6].map((angle) => [bx + HEAD * Math.cos(angle), by + HEAD * Math.sin(angle)]);
}

const path = (points) => points.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** The elements of a shape in a box 1000 wide: each is drawn twice, a dark edge under the colour. */
export function drawn({ kind, points, text }, height) {
  const at = points.map(([x, y]) => [x * WIDTH, y * height]);
  const twice = (element) => [{ ...element, class: "under" }, { ...element, class: "over" }];
  const [[ax, ay], [bx, by] = [0, 0]] = at;
  if (kind === "text") return twice({ tag: "text", x: ax, y: ay, text });
  if (kind === "circle") {
    return twice({ tag: "ellipse", cx: (ax + bx) / 2, cy: (ay + by) / 2, rx: Math.abs(bx - ax) / 2, ry: Math.abs(by - ay) / 2 });
  }
  if (kind === "arrow") {
    const [left, right] = head([ax, ay], [bx, by]);
    return twice({ tag: "path", d: path(at) + path([left, [bx, by], right]) });
  }
  return twice({ tag: "path", d: path(at) });
}
