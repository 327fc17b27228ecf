// Where the examples are in the plane of confidence and accuracy: the joint
// density of figure 1 of the paper, at the step of the slider. Each bin stands
// at its mean confidence and its accuracy, with the weight of its examples.

import { svg } from "./dom.js";
import { short } from "./numbers.js";
import { line, plot } from "./plot.js";
import { accuracyOf, confidenceOf, sharesOf } from "./statistics.js";

const CELLS = 32;
// Standard deviation of the smoothing, in units of confidence.
const WIDTH = 0.045;

/** Density on a grid of CELLS x CELLS, [row][column], 1 at the highest. */
export function jointDensity(bins) {
  const grid = Array.from({ length: CELLS }, () => new Float64Array(CELLS));
  let highest = 0;
  sharesOf(bins).forEach((share, m) => {
    if (share === 0) return;
    const across = weights(confidenceOf(bins, m));
    const along = weights(accuracyOf(bins, m));
    for (let row = 0; row < CELLS; row++) {
      if (along[row] < 1e-4) continue;
      for (let column = 0; column < CELLS; column++) {
        grid[row][column] += share * along[row] * across[column];
        highest = Math.max(highest, grid[row][column]);
      }
    }
  });
  if (highest === 0) return grid;
  return grid.map((row) => row.map((value) => value / highest));
}

function weights(centre) {
  return Float64Array.from({ length: CELLS }, (_, i) => {
    const distance = ((i + 0.5) / CELLS - centre) / WIDTH;
    return Math.exp((-distance * distance) / 2);
  });
}

export function drawJoint(one) {
  const { bins, scores, style, run } = one;
  const { root, layer, x, y } = plot({
    width: 330,
    height: 300,
    x: [0, 1],
    y: [0, 1],
    labels: { x: "Confidence", y: "Accuracy" },
    title:
      `Joint density of accuracy and confidence of ${run}: mean confidence ` +
      `${short(scores.confidence)}, accuracy ${short(scores.accuracy)}.`,
  });
  const width = x(1 / CELLS) - x(0);
  const height = y(0) - y(1 / CELLS);
  jointDensity(bins).forEach((row, j) =>
    row.forEach((value, i) => {
      if (value < 0.02) return;
      const place = { x: x(i / CELLS), y: y((j + 1) / CELLS), width, height };
      const opacity = value.toFixed(2);
      const fill = { fill: style.colour, "fill-opacity": opacity };
      layer.append(svg("rect", { ...place, ...fill }));
    }),
  );
  layer.append(line(x(0), y(0), x(1), y(1), "diagonal"));
  return root;
}
