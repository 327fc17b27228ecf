// An SVG with axes: what all diagrams have in common.

import { svg } from "./dom.js";
import { ticks } from "./numbers.js";

const MARGIN = { left: 46, right: 12, top: 10, bottom: 38 };

/**
 * A plot of `width` x `height` units that scales with its card.
 * Returns { root, layer, x, y, toX, toY }: x and y map data to units, and toX
 * and toY back; what is drawn goes into `layer`.
 */
export function plot({ width, height, x, y, labels, title, format }) {
  const inner = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
  };
  const scaleX = scale(x, [inner.left, inner.right]);
  const scaleY = scale(y, [inner.bottom, inner.top]);
  const layer = svg("g");
  const root = svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      tabindex: "0",
      "aria-label": title,
      class: "plot",
    },
    axes(inner, scaleX, scaleY, x, y, format ?? String),
    axisLabel(labels.x, (inner.left + inner.right) / 2, height - 4),
    axisLabel(labels.y, 11, (inner.top + inner.bottom) / 2, -90),
    layer,
  );
  return {
    root,
    layer,
    inner,
    x: scaleX,
    y: scaleY,
    toX: scale([inner.left, inner.right], x),
    toY: scale([inner.bottom, inner.top], y),
  };
}

function scale([low, high], [from, to]) {
  const factor = high === low ? 0 : (to - from) / (high - low);
  return (value) => from + (value - low) * factor;
}

function axes(inner, x, y, [x0, x1], [y0, y1], format) {
  const group = svg("g", { class: "axes" });
  for (const tick of ticks(x0, x1, 5)) {
    const at = x(tick);
    group.append(
      line(at, inner.bottom, at, inner.top, "grid"),
      svg("text", { x: at, y: inner.bottom + 14, class: "tick" }, `${tick}`),
    );
  }
  for (const tick of ticks(y0, y1, 5)) {
    const at = y(tick);
    const place = { x: inner.left - 5, y: at + 4, class: "tick end" };
    group.append(
      line(inner.left, at, inner.right, at, "grid"),
      svg("text", place, format(tick)),
    );
  }
  return group;
}

function axisLabel(text, x, y, turn) {
  const transform = turn ? `rotate(${turn} ${x} ${y})` : null;
  return svg("text", { x, y, transform, class: "label" }, text);
}

export function line(x1, y1, x2, y2, className) {
  return svg("line", { x1, y1, x2, y2, class: className });
}

/** A rectangle between two corners in any order. */
export function box(x1, y1, x2, y2, attributes = {}) {
  return svg("rect", {
    x: Math.min(x1, x2),
    y: Math.min(y1, y2),
    width: Math.abs(x2 - x1),
    height: Math.abs(y2 - y1),
    ...attributes,
  });
}

/** A line through points [[x, y], ...] that are already in units. */
export function path(points, style, attributes = {}) {
  const text = points
    .map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`)
    .join("L");
  return svg("path", {
    d: text ? `M${text}` : "",
    fill: "none",
    stroke: style.colour,
    "stroke-dasharray": style.dash,
    ...attributes,
  });
}

/** The outline of bars: [[x, y], ...] in units. */
export function stairs(plotted, bins, heights) {
  const points = [];
  heights.forEach((height, m) => {
    const at = plotted.y(height);
    points.push([plotted.x(bins.lower[m]), at], [plotted.x(bins.upper[m]), at]);
  });
  return points;
}
