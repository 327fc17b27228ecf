// The page: lays out the cards and draws them when the model changes.

import { csvAddress } from "./api.js";
import { makeCard } from "./card.js";
import { SCORES, drawCurve } from "./curves.js";
import { drawDifference } from "./difference.js";
import { button, html } from "./dom.js";
import { drawHistogram } from "./histogram.js";
import { drawJoint } from "./joint.js";
import * as messages from "./messages.js";
import { short, signed } from "./numbers.js";
import { makePlayer } from "./player.js";
import { drawReliability } from "./reliability.js";
import { makeSidebar } from "./sidebar.js";
import { binTable, scoreTable } from "./tables.js";
import { stepShown, stepsOf, viewAt } from "./view.js";
import { drawWinning } from "./winning.js";

export function makePage(model) {
  const cards = {
    reliability: makeCard("Reliability", "reliability"),
    histogram: makeCard("Confidence", "confidence"),
    difference: makeCard("Difference from the baseline", "difference"),
    joint: makeCard("Joint density", "joint-density"),
    pinnedJoint: makeCard("Joint density, baseline", "joint-density-baseline"),
    winning: makeCard("Winning scores", "winning-scores"),
    scores: makeCard("Scores", "scores", false),
    bins: makeCard("Bins", "bins", false),
  };
  const curveCards = SCORES.map(([key, label]) =>
    makeCard(label, `curve-${key}`),
  );
  const grid = html(
    "div",
    { class: "cards" },
    html(
      "div",
      { class: "column" },
      ...elements("reliability", "histogram"),
      html("div", { class: "small" }, ...elements("joint", "pinnedJoint")),
    ),
    html(
      "div",
      { class: "column" },
      html("div", { class: "small" }, ...curveCards.map((one) => one.element)),
      ...elements("difference", "winning"),
    ),
    html("div", { class: "wide" }, ...elements("scores", "bins")),
  );
  const notes = html("div", { class: "notes" });
  const stage = html("div", { class: "stage" });
  const csv = html("a", { class: "button", download: "calibration.csv" }, "CSV");
  const measure = button("", () =>
    model.choose({
      measure: model.state.measure === "share" ? "density" : "share",
    }),
  );
  const player = makePlayer(chooseStep);
  const toolbar = html(
    "div",
    { class: "toolbar" },
    player.element,
    measure,
    csv,
  );
  const sidebar = makeSidebar({
    chooseTag: (tag) => model.choose({ tag }),
    chooseRuns(runs) {
      const all = runs.size === model.runsOf(model.state.tag).length;
      // All means all: also those that are yet to come.
      model.choose({ runs: all && runs.size > 1 ? "*" : [...runs] });
    },
  });
  const main = html("main", {}, toolbar, notes, stage);
  const element = html("div", { class: "page" }, sidebar.element, main);
  let steps = [];
  let curves = [];

  function chooseStep(step) {
    const last = step === steps[steps.length - 1];
    // At the last step, a reload goes on to the next one.
    model.choose({ step: last ? null : step });
  }

  function elements(...names) {
    return names.map((name) => cards[name].element);
  }

  function show(content) {
    if (stage.firstChild !== content) stage.replaceChildren(content);
    toolbar.hidden = content !== grid;
  }

  function drawData() {
    main.setAttribute("aria-busy", String(model.pending > 0));
    const note = messages.skippedNote(...Object.values(model.leftOut()));
    notes.replaceChildren(...(note ? [note] : []));
    if (model.error) {
      show(messages.failed(model.error, () => model.refresh()));
      return;
    }
    if (!model.ready) return show(messages.loading());
    sidebar.element.hidden = model.state.tag === null;
    if (model.state.tag === null) {
      return show(messages.noData(model.index.series.length > 0));
    }
    sidebar.update(
      model.state,
      model.tags(),
      model.seriesOf(model.state.tag),
      model.styles,
    );
    if (model.state.runs.size === 0) return show(messages.noRuns());
    const loaded = model.loaded();
    if (loaded.length === 0) {
      return show(model.pending > 0 ? messages.loading() : messages.noPoint());
    }
    steps = stepsOf(loaded);
    csv.href = csvAddress(model.state.tag, model.state.runs);
    const density = model.state.measure === "density";
    measure.textContent = density ? "Show shares" : "Show density";
    drawCurves(loaded);
    drawStep();
  }

  function drawCurves(loaded) {
    curves = SCORES.map((score, i) => {
      const curve = drawCurve(score, loaded, steps, chooseStep);
      if (curve) curveCards[i].set(curve.root);
      else curveCards[i].hide();
      return curve;
    });
  }

  function drawStep() {
    const loaded = model.loaded();
    if (loaded.length === 0 || model.error) return;
    const step = stepShown(steps, model.state.step);
    player.update(steps, step);
    const view = viewAt(loaded, step, model.state);
    show(grid);
    for (const curve of curves) curve?.seek(step);
    const { focus, baseline } = view;
    const { ece, oe, gap } = focus.scores;
    cards.reliability.set(
      drawReliability(view),
      `${focus.run}, step ${focus.step}: ECE ${short(ece)}, OE ${short(oe)}, ` +
        `gap ${signed(gap)}. Orange: overconfident. Blue: underconfident. ` +
        "Band: 95% Wilson interval. Faded: fewer than 30 examples.",
    );
    cards.histogram.set(
      drawHistogram(view),
      "Dashed: mean confidence. Solid: accuracy.",
    );
    drawBaseline(view);
    const about = "The examples of a bin at its mean confidence and accuracy.";
    cards.joint.set(drawJoint(focus), `${focus.run}. ${about}`);
    if (baseline) cards.pinnedJoint.set(drawJoint(baseline), baseline.run);
    else cards.pinnedJoint.hide();
    drawHistograms(focus, step);
    cards.scores.set(
      scoreTable(view, {
        focusOn: (run) => model.choose({ focus: run }),
        pin: (run) =>
          model.choose({ baseline: run === model.state.baseline ? null : run }),
      }),
      baseline ? "Small: difference from the baseline." : "",
    );
    cards.bins.set(binTable(focus));
  }

  function drawBaseline(view) {
    if (!view.baseline) return cards.difference.hide();
    const { run } = view.baseline;
    const drawn = drawDifference(view);
    if (drawn) {
      const caption = `Filled: ${view.focus.run}. Outlined: ${run}.`;
      cards.difference.set(drawn, caption);
    } else {
      const why = `The bins of ${view.focus.run} and ${run} have other edges.`;
      cards.difference.set(html("p", { class: "message" }, why));
    }
  }

  function drawHistograms(focus, step) {
    const histograms = model.winning(focus.run, step);
    if (histograms.length === 0) return cards.winning.hide();
    if (histograms.every((one) => one.population === "out")) {
      const { tag } = model.state;
      histograms.unshift({ tag, population: "in", bins: focus.bins });
    }
    cards.winning.set(drawWinning(histograms, focus.run), focus.run);
  }

  return { element, drawData, drawStep, player };
}
