/* Marks on a photo: what is too small is none, strokes are thinned, each shape is drawn with its edge. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, fitting, thinned } from "../../static/js/offline/marks.js";

test("a touch without a move is no shape", () => {
  assert.equal(fitting({ points: [[0.5, 0.5], [0.503, 0.5]] }), false);
  assert.equal(fitting({ points: [[0.5, 0.5], [0.6, 0.5]] }), true);
});

test("a stroke keeps its ends and no points that lie on each other", () => {
  const points = Array.from({ length: 200 }, (_, at) => [at / 1000, 0]);
  const kept = thinned(points);
  assert.ok(kept.length < 25);
  assert.deepEqual(kept[0], [0, 0]);
  assert.equal(thinned([[0, 0], [0.001, 0]]).length, 2);
});

test("each shape is an edge and the colour over it, words too", () => {
  const shapes = [
    { kind: "circle", points: [[0.2, 0.2], [0.4, 0.6]] }, { kind: "arrow", points: [[0, 0], [0.5, 0.5]] },
    { kind: "pen", points: [[0, 0], [0.5, 0.5]] }, { kind: "text", points: [[0.1, 0.1]], text: "裸露" },
  ];
  for (const shape of shapes) assert.deepEqual(drawn(shape, 750).map((one) => one.class), ["under", "over"]);
  const [circle] = drawn(shapes[0], 750);
  assert.deepEqual([circle.cx, circle.cy, circle.rx, circle.ry].map(Math.round), [300, 300, 100, 150]);
});
