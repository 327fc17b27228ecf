// How confident the run in focus is, as shares or as a density.

import { exploreBins } from "./bins.js";
import { svg } from "./dom.js";
import { exact, interval, percent, short } from "./numbers.js";
import { box, line, path, plot, stairs } from "./plot.js";
import { sharesOf } from "./statistics.js";

/** `measure` is "share" (of the examples) or "density" (share / width). */
export function heightsOf(bins, measure) {
  const shares = sharesOf(bins);
  if (measure !== "density") return shares;
  return shares.map((share, m) => {
    const width = bins.upper[m] - bins.lower[m];
    return width > 0 ? share / width : 0;
  });
}

export function drawHistogram(view) {
  const { bins, scores, run } = view.focus;
  const heights = heightsOf(bins, view.measure);
  const lines = view.others.map((other) => ({
    other,
    heights: heightsOf(other.bins, view.measure),
  }));
  const all = [heights, ...lines.map((one) => one.heights)].flat();
  const plotted = plot({
    width: 440,
    height: 190,
    x: [0, 1],
    y: [0, Math.max(...all) * 1.05 || 1],
    labels: {
      x: "Confidence",
      y: view.measure === "density" ? "Density" : "Share of examples",
    },
    title: `Histogram of the confidence of ${run}.`,
  });
  const { root, layer, x, y } = plotted;
  heights.forEach((height, m) =>
    layer.append(
      box(
        x(bins.lower[m]) + 0.5,
        y(0),
        Math.max(x(bins.upper[m]) - 0.5, x(bins.lower[m]) + 0.5),
        y(height),
        { fill: view.focus.style.colour, "fill-opacity": 0.55 },
      ),
    ),
  );
  for (const { other, heights: others } of lines) {
    layer.append(
      path(stairs(plotted, other.bins, others), other.style, {
        "stroke-width": other.pinned ? 2.2 : 1,
        "stroke-opacity": view.others.length > 12 && !other.pinned ? 0.3 : 0.9,
      }),
    );
  }
  layer.append(
    meanLine(plotted, scores.confidence, "mean confidence", "mean"),
    meanLine(plotted, scores.accuracy, "accuracy", "mean hit"),
  );
  addTooltip(plotted, bins, heights, view.measure);
  return root;
}

function meanLine({ x, inner }, value, name, className) {
  if (!Number.isFinite(value)) return svg("g");
  const at = x(value);
  return svg(
    "g",
    {},
    line(at, inner.bottom, at, inner.top, className),
    svg("title", {}, `${name} ${short(value)}`),
  );
}

function addTooltip(plotted, bins, heights, measure) {
  const shares = sharesOf(bins);
  exploreBins(plotted, bins, (m) => [
    ["confidence in", interval(bins, m)],
    ["examples", exact(bins.count[m])],
    ["share", percent(shares[m])],
    ...(measure === "density" ? [["density", short(heights[m])]] : []),
  ]);
}
