// Winning scores in and out of distribution, of the run in focus.

import { binAt, exploreBins } from "./bins.js";
import { html } from "./dom.js";
import { heightsOf } from "./histogram.js";
import { exact, interval, percent, short } from "./numbers.js";
import { path, plot, stairs } from "./plot.js";
import { binnedAuroc, scoresOf, sharesOf } from "./statistics.js";

const COLOURS = ["#d55e00", "#cc79a7", "#b8860b", "#8a6ff0"];
const INSIDE = "#0072b2";

/**
 * `histograms` are { tag, population, bins } at the step of the slider. The
 * heights are densities: histograms may have other bins than one another.
 */
export function drawWinning(histograms, run) {
  const drawn = histograms.map((one, i) => ({
    ...one,
    heights: heightsOf(one.bins, "density"),
    style: styleOf(one, i),
  }));
  const highest = Math.max(...drawn.flatMap((one) => one.heights));
  const plotted = plot({
    width: 440,
    height: 250,
    x: [0, 1],
    y: [0, highest * 1.05 || 1],
    labels: { x: "Winning score", y: "Density" },
    title: `Winning scores of ${run}, in and out of distribution.`,
  });
  const { root, layer, x, y } = plotted;
  for (const one of drawn) {
    const [low, high] = [one.bins.lower[0], one.bins.upper.at(-1)];
    const outline = [
      [x(low), y(0)],
      ...stairs(plotted, one.bins, one.heights),
      [x(high), y(0)],
    ];
    const fill = { fill: one.style.colour, "fill-opacity": 0.18 };
    layer.append(path(outline, one.style, { "stroke-width": 1.8, ...fill }));
  }
  const finest = drawn.reduce((a, b) =>
    a.bins.count.length >= b.bins.count.length ? a : b,
  ).bins;
  exploreBins(plotted, finest, (m) => linesOf(drawn, finest, m));
  return html("div", {}, root, legend(drawn));
}

function styleOf({ population }, i) {
  if (population === "in") return { colour: INSIDE, dash: null };
  return { colour: COLOURS[i % COLOURS.length], dash: i % 2 ? "5 2" : null };
}

function linesOf(drawn, finest, m) {
  const middle = (finest.lower[m] + finest.upper[m]) / 2;
  const rows = [["winning score near", short(middle)]];
  for (const { tag, bins } of drawn) {
    const place = binAt(bins, middle);
    if (place < 0) continue;
    const share = percent(sharesOf(bins)[place]);
    const name = `${tag} ${interval(bins, place)}`;
    rows.push([name, `${exact(bins.count[place])} (${share})`]);
  }
  return rows;
}

function legend(drawn) {
  const inside = drawn.filter((one) => one.population === "in");
  const items = drawn.map(({ tag, population, bins, style }) => {
    const mean = short(scoresOf(bins).confidence);
    let text = `${tag}, ${population} of distribution: mean ${mean}`;
    const reference = inside.find((one) => !isNaN(binnedAuroc(one.bins, bins)));
    if (population === "out" && reference) {
      text += `, AUROC ${short(binnedAuroc(reference.bins, bins))} (binned)`;
    }
    const swatch = html("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = style.colour;
    return html("li", {}, swatch, text);
  });
  return html("ul", { class: "legend" }, ...items);
}
