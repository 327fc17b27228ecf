// The slider over steps, and the button that plays the training.

import { button, html } from "./dom.js";

// The whole training in some 12 seconds, but no faster than one can see.
const LENGTH = 12000;
const FASTEST = 60;
const SLOWEST = 500;

/** Calls back with a step; `update(steps, step)` shows another one. */
export function makePlayer(onstep) {
  let steps = [];
  let timer = null;
  const range = html("input", {
    type: "range",
    min: "0",
    step: "1",
    id: "step",
    "aria-label": "Step",
    oninput: () => {
      stop();
      go(Number(range.value));
    },
  });
  const shown = html("output", { for: "step", class: "step" });
  const play = button("▶ Play", toggle, { class: "play" });
  const element = html(
    "div",
    { class: "player", role: "group", "aria-label": "Training step" },
    play,
    button("‹", () => move(-1), { "aria-label": "Previous step" }),
    range,
    button("›", () => move(1), { "aria-label": "Next step" }),
    shown,
  );

  function go(place) {
    if (steps.length > 0) onstep(steps[place]);
  }
  function move(by) {
    stop();
    const next = Number(range.value) + by;
    if (next >= 0 && next < steps.length) go(next);
  }
  function toggle() {
    if (timer !== null) return stop();
    if (steps.length < 2) return;
    if (Number(range.value) === steps.length - 1) go(0);
    const pause = Math.min(SLOWEST, Math.max(FASTEST, LENGTH / steps.length));
    timer = setInterval(() => {
      const next = Number(range.value) + 1;
      if (next >= steps.length) stop();
      else go(next);
    }, pause);
    play.textContent = "❚❚ Pause";
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "▶ Play";
  }
  function update(newSteps, step) {
    steps = newSteps;
    range.max = String(Math.max(0, steps.length - 1));
    range.value = String(Math.max(0, steps.indexOf(step)));
    range.setAttribute("aria-valuetext", `step ${step}`);
    range.disabled = play.disabled = steps.length < 2;
    shown.textContent = `Step ${step}`;
  }
  return { element, update, move, toggle };
}
