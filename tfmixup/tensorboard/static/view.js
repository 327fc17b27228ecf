// What is to be drawn at one step: each run at its last point that is not
// after the step.

import { placeAt } from "./decode.js";

/** All steps of the loaded runs, ascending. */
export function stepsOf(loaded) {
  const steps = new Set();
  for (const { series } of loaded) {
    for (const step of series.steps) steps.add(step);
  }
  return [...steps].sort((a, b) => a - b);
}

/** The step to show: the chosen one or the closest before it, or the last. */
export function stepShown(steps, chosen) {
  const last = steps[steps.length - 1];
  if (chosen === null || steps.length === 0) return last;
  return steps.findLast((step) => step <= chosen) ?? steps[0];
}

/** { focus, baseline, others, shown, measure }; focus is null for no point. */
export function viewAt(loaded, step, state) {
  const shown = [];
  for (const { run, series, style } of loaded) {
    const place = placeAt(series, step);
    if (place < 0) continue;
    shown.push({
      run,
      style,
      step: series.steps[place],
      bins: series.bins[place],
      scores: series.scores[place],
      pinned: run === state.baseline,
    });
  }
  const focus = shown.find((one) => one.run === state.focus) ?? shown[0];
  const baseline = shown.find((one) => one.pinned && one !== focus);
  return {
    shown,
    focus: focus ?? null,
    baseline: baseline ?? null,
    others: shown.filter((one) => one !== focus),
    measure: state.measure,
  };
}
