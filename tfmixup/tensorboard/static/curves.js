// A score against the step, one line for each run; a click moves the slider.

import { placeAt } from "./decode.js";
import { svg } from "./dom.js";
import { short } from "./numbers.js";
import { line, path, plot } from "./plot.js";
import { explore } from "./tooltip.js";

export const SCORES = [
  ["ece", "ECE", "Expected calibration error"],
  ["oe", "OE", "Overconfidence error"],
  ["nll", "NLL", "Negative log-likelihood in nats"],
  ["accuracy", "Accuracy", "Accuracy"],
];
const LINES_SHOWN = 10;

/**
 * `runs` are { run, style, series }, and `steps` all their steps. Returns
 * { root, seek }, where seek(step) moves the line of the current step; null
 * if no run has the score.
 */
export function drawCurve([key, label, name], runs, steps, choose) {
  const lines = runs
    .map((one) => ({ ...one, points: pointsOf(one.series, key) }))
    .filter((one) => one.points.length > 0);
  if (lines.length === 0) return null;
  const plotted = plot({
    width: 330,
    height: 190,
    x: rangeOf(steps),
    y: [0, roomy(lines)],
    labels: { x: "Step", y: label },
    title: `${name} against the step. Arrow keys read, Enter goes there.`,
    format: (tick) => String(tick),
  });
  const { root, layer, x, y, inner, toX } = plotted;
  for (const { points, style, run } of lines) {
    const units = points.map(([step, value]) => [x(step), y(value)]);
    const drawn = path(units, style, { "stroke-width": 1.5 });
    drawn.append(svg("title", {}, run));
    layer.append(drawn);
    if (units.length === 1) {
      const [[cx, cy]] = units;
      layer.append(svg("circle", { cx, cy, r: 3, fill: style.colour }));
    }
  }
  const now = line(0, inner.bottom, 0, inner.top, "now");
  const cursor = line(0, inner.bottom, 0, inner.bottom, "cursor");
  layer.append(now, cursor);
  explore(root, {
    count: steps.length,
    placeAt: (px) => nearest(steps, toX(px)),
    mark(place) {
      moveTo(cursor, place < 0 ? -9 : x(steps[place]));
      cursor.setAttribute("y2", place < 0 ? inner.bottom : inner.top);
    },
    linesOf: (place) => linesOf(lines, key, steps[place]),
    choose: (place) => choose(steps[place]),
  });
  return { root, seek: (step) => moveTo(now, x(step)) };
}

function pointsOf(series, key) {
  const points = [];
  series.steps.forEach((step, i) => {
    const value = series.scores[i][key];
    if (Number.isFinite(value)) points.push([step, value]);
  });
  return points;
}

function rangeOf(steps) {
  const [low, high] = [steps[0], steps[steps.length - 1]];
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** A little above the highest value; no score here is below 0. */
function roomy(lines) {
  let high = 0;
  for (const { points } of lines) {
    for (const [, value] of points) high = Math.max(high, value);
  }
  return high > 0 ? high * 1.05 : 1;
}

function moveTo(element, at) {
  element.setAttribute("x1", at);
  element.setAttribute("x2", at);
}

function nearest(steps, step) {
  let best = 0;
  steps.forEach((one, i) => {
    if (Math.abs(one - step) < Math.abs(steps[best] - step)) best = i;
  });
  return best;
}

function linesOf(lines, key, step) {
  const rows = [["step", String(step)]];
  for (const { run, series } of lines.slice(0, LINES_SHOWN)) {
    const place = placeAt(series, step);
    if (place >= 0) rows.push([run, short(series.scores[place][key])]);
  }
  const more = lines.length - LINES_SHOWN;
  if (more > 0) rows.push(["", `and ${more} more`]);
  return rows;
}
