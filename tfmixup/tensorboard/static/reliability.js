// The reliability diagram of the run in focus, others as lines over it.

import { exploreBins } from "./bins.js";
import { svg } from "./dom.js";
import { exact, interval, percent, short, signed } from "./numbers.js";
import { box, line, path, plot } from "./plot.js";
import {
  FEW,
  accuracyOf,
  confidenceOf,
  gapOf,
  sharesOf,
  wilson,
} from "./statistics.js";

/** `view` is what view.js makes: { focus, baseline, others, ... }. */
export function drawReliability(view) {
  const { bins, run } = view.focus;
  const plotted = plot({
    width: 440,
    height: 400,
    x: [0, 1],
    y: [0, 1],
    labels: { x: "Confidence", y: "Accuracy" },
    title: `Reliability diagram of ${run}. Arrow keys read the bins.`,
  });
  const { root, layer, x, y } = plotted;
  for (let m = 0; m < bins.count.length; m++) {
    if (bins.count[m] > 0) layer.append(drawBin(plotted, bins, m));
  }
  layer.append(line(x(0), y(0), x(1), y(1), "diagonal"));
  for (const other of view.others) {
    const width = other.pinned ? 2.6 : 1.4;
    const faint = view.others.length > 12 && !other.pinned;
    const opacity = faint ? 0.45 : 0.95;
    layer.append(
      path(curve(plotted, other.bins), other.style, {
        "stroke-width": width,
        "stroke-opacity": opacity,
      }),
    );
  }
  layer.append(
    path(curve(plotted, bins), view.focus.style, { "stroke-width": 2.2 }),
  );
  addTooltip(plotted, bins, view);
  return root;
}

function drawBin({ x, y }, bins, m) {
  const left = x(bins.lower[m]) + 0.5;
  const right = x(bins.upper[m]) - 0.5;
  const accuracy = accuracyOf(bins, m);
  const kind = gapOf(bins, m) > 0 ? "over" : "under";
  const [low, high] = wilson(bins, m);
  return svg(
    "g",
    { class: bins.count[m] < FEW ? "bin few" : "bin" },
    box(left, y(0), right, y(accuracy), { class: "accuracy" }),
    box(left, y(accuracy), right, y(confidenceOf(bins, m)), { class: kind }),
    box(left, y(low), right, y(high), { class: "band" }),
  );
}

function curve({ x, y }, bins) {
  const points = [];
  for (let m = 0; m < bins.count.length; m++) {
    if (bins.count[m] > 0) {
      points.push([x(confidenceOf(bins, m)), y(accuracyOf(bins, m))]);
    }
  }
  return points;
}

function addTooltip(plotted, bins, view) {
  const shares = sharesOf(bins);
  const twin = view.baseline?.bins;
  const { top, bottom } = plotted.inner;
  exploreBins(
    plotted,
    bins,
    (m) => linesOf(bins, m, shares[m], twin),
    (py) => py >= top && py <= bottom,
  );
}

function linesOf(bins, m, share, twin) {
  const lines = [
    ["confidence in", interval(bins, m)],
    ["examples", `${exact(bins.count[m])} (${percent(share)})`],
  ];
  if (bins.count[m] === 0) return lines;
  const [low, high] = wilson(bins, m);
  lines.push(
    ["correct", exact(bins.correct[m])],
    ["sum of confidence", exact(bins.confidence[m])],
    ["mean confidence", short(confidenceOf(bins, m))],
    ["accuracy", short(accuracyOf(bins, m))],
    ["95% interval", `${short(low)} to ${short(high)}`],
    ["gap", signed(gapOf(bins, m))],
  );
  if (twin && twin.count[m] > 0) {
    lines.push(["gap of the baseline", signed(gapOf(twin, m))]);
  }
  if (bins.count[m] < FEW) lines.push(["", `fewer than ${FEW}: mostly noise`]);
  return lines;
}
