// Everything that the diagrams show, as numbers.

import { button, html } from "./dom.js";
import { exact, interval, short, signed } from "./numbers.js";
import { accuracyOf, confidenceOf, gapOf, wilson } from "./statistics.js";

const COLUMNS = [
  ["accuracy", "Accuracy"],
  ["confidence", "Mean confidence"],
  ["gap", "Gap"],
  ["ece", "ECE"],
  ["oe", "OE"],
  ["nll", "NLL"],
];

/** One line for each run; with a baseline, the difference from it. */
export function scoreTable(view, { focusOn, pin }) {
  const base = view.baseline?.scores;
  const head = ["Run", "Step", "Examples", ...COLUMNS.map(([, name]) => name)];
  const rows = view.shown.map((one) => {
    const isFocus = one.run === view.focus.run;
    const pinned = one.run === view.baseline?.run;
    return html(
      "tr",
      { class: isFocus ? "focus" : null },
      html(
        "th",
        { scope: "row" },
        swatch(one.style),
        button(one.run, () => focusOn(one.run), {
          class: "plain",
          "aria-pressed": String(isFocus),
          title: "Show the bins of this run",
        }),
        button(pinned ? "baseline ✕" : "pin", () => pin(one.run), {
          class: "pin",
          "aria-pressed": String(pinned),
          "aria-label": `Baseline: ${one.run}`,
        }),
      ),
      html("td", {}, String(one.step)),
      html("td", {}, exact(one.scores.count)),
      ...COLUMNS.map(([key]) => cell(one.scores, base, key, pinned)),
    );
  });
  return table("Scores at this step", head, rows);
}

function cell(scores, base, key, pinned) {
  const value = key === "gap" ? signed(scores.gap) : short(scores[key]);
  const td = html("td", {}, value);
  if (base && !pinned) {
    const delta = signed(scores[key] - base[key]);
    td.append(" ", html("small", {}, delta));
  }
  return td;
}

export function swatch({ colour, dash }) {
  const mark = html("span", { class: "swatch", "aria-hidden": "true" });
  mark.style.background = dash
    ? `repeating-linear-gradient(90deg, ${colour} 0 4px, transparent 4px 6px)`
    : colour;
  return mark;
}

/** All digits of the bins of the run in focus. */
export function binTable({ bins, run, step }) {
  const head = [
    "Confidence in",
    "Examples",
    "Sum of confidence",
    "Correct",
    "Mean confidence",
    "Accuracy",
    "95% interval",
    "Gap",
  ];
  const rows = Array.from(bins.count, (count, m) => {
    const known = count > 0;
    const [low, high] = known ? wilson(bins, m) : [NaN, NaN];
    const texts = [
      exact(count),
      exact(bins.confidence[m]),
      exact(bins.correct[m]),
      short(known ? confidenceOf(bins, m) : NaN),
      short(known ? accuracyOf(bins, m) : NaN),
      known ? `${short(low)} to ${short(high)}` : "–",
      signed(known ? gapOf(bins, m) : NaN),
    ];
    return html(
      "tr",
      {},
      html("th", { scope: "row" }, interval(bins, m)),
      ...texts.map((text) => html("td", {}, text)),
    );
  });
  return table(`Bins of ${run} at step ${step}`, head, rows);
}

function table(caption, head, rows) {
  const cells = head.map((name) => html("th", { scope: "col" }, name));
  return html(
    "table",
    {},
    html("caption", {}, caption),
    html("thead", {}, html("tr", {}, ...cells)),
    html("tbody", {}, ...rows),
  );
}
