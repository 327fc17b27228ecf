// The bins of a plot: which one is at a place, and a tooltip for each.

import { box } from "./plot.js";
import { explore } from "./tooltip.js";

/** Number of the bin of a confidence; -1 for none. */
export function binAt(bins, confidence) {
  if (confidence < 0 || confidence > 1) return -1;
  for (let m = 0; m < bins.upper.length; m++) {
    if (confidence <= bins.upper[m]) {
      return confidence >= bins.lower[m] ? m : -1;
    }
  }
  return -1;
}

/**
 * Marks the bin that is pointed at, over the whole height of the plot.
 *   linesOf(m)   [[name, value], ...] of bin m
 *   within(py)   whether a height of the picture belongs to the plot
 */
export function exploreBins(plotted, bins, linesOf, within = () => true) {
  const { root, layer, inner, x, toX } = plotted;
  const cursor = box(0, inner.top, 0, inner.bottom, { class: "cursor" });
  layer.append(cursor);
  explore(root, {
    count: bins.count.length,
    placeAt: (px, py) => (within(py) ? binAt(bins, toX(px)) : -1),
    mark(m) {
      cursor.setAttribute("x", m < 0 ? 0 : x(bins.lower[m]));
      const width = m < 0 ? 0 : x(bins.upper[m]) - x(bins.lower[m]);
      cursor.setAttribute("width", width);
    },
    linesOf,
  });
}
