// The gap of the run in focus less that of the pinned baseline, by bin.

import { exploreBins } from "./bins.js";
import { interval, exact, signed } from "./numbers.js";
import { box, line, plot } from "./plot.js";
import { FEW, gapOf, sameEdges } from "./statistics.js";

/** Null where the bins of the two cannot be compared. */
export function drawDifference({ focus, baseline }) {
  const { bins } = focus;
  const other = baseline.bins;
  if (!sameEdges(bins, other)) return null;
  const gaps = [...gapsOf(bins), ...gapsOf(other)];
  const [lowest, highest] = [Math.min(...gaps), Math.max(...gaps)];
  const plotted = plot({
    width: 440,
    height: 230,
    x: [0, 1],
    y: [lowest * 1.05 - 0.02, highest * 1.05 + 0.02],
    labels: { x: "Confidence", y: "Confidence − accuracy" },
    title: `Gaps of ${focus.run} (filled) and of ${baseline.run} (outlined).`,
  });
  const { root, layer, x, y } = plotted;
  layer.append(line(x(0), y(0), x(1), y(0), "diagonal"));
  for (let m = 0; m < bins.count.length; m++) {
    const edges = [x(bins.lower[m]) + 1, x(bins.upper[m]) - 1];
    layer.append(
      bar(plotted, bins, m, edges, { fill: focus.style.colour }),
      bar(plotted, other, m, edges, {
        fill: "none",
        stroke: baseline.style.colour,
        "stroke-width": 1.8,
      }),
    );
  }
  exploreBins(plotted, bins, (m) => [
    ["confidence in", interval(bins, m)],
    ["examples", exact(bins.count[m])],
    ["of the baseline", exact(other.count[m])],
    ["gap", signed(gapOf(bins, m))],
    ["of the baseline", signed(gapOf(other, m))],
    ["difference", signed(gapOf(bins, m) - gapOf(other, m))],
  ]);
  return root;
}

function gapsOf(bins) {
  return Array.from(bins.count, (n, m) => (n > 0 ? gapOf(bins, m) : 0));
}

function bar({ y }, bins, m, [left, right], attributes) {
  const height = bins.count[m] > 0 ? gapOf(bins, m) : 0;
  return box(left, y(0), Math.max(left, right), y(height), {
    class: bins.count[m] < FEW ? "few" : null,
    ...attributes,
  });
}
