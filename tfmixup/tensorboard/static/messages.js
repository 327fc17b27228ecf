// What stands in the place of diagrams, and says what to do.

import { button, html } from "./dom.js";

const SNIPPET = `import tensorflow as tf
from tfmixup.metrics.bins import bins_of
from tfmixup.tensorboard import summary

writer = tf.summary.create_file_writer("logs/my_run")
with writer.as_default():
    bins = bins_of(labels, probabilities)
    summary.calibration("validation", bins, step=epoch)`;

/** `others`: whether there are winning scores, which need no labels. */
export function noData(others) {
  return message(
    "No calibration data yet",
    others
      ? "There are winning scores, but no bins of labelled examples, without " +
          "which there is no reliability diagram. Write some beside them:"
      : "No event file under the log directory has data of this plugin. " +
          "Train with tfmixup.callbacks.CalibrationLogger, or write bins of " +
          "any model:",
    html("pre", {}, html("code", {}, SNIPPET)),
    html(
      "p",
      {},
      "Is there some already? Then see that --logdir names the folder above " +
        "the runs, and press TensorBoard's reload button: a new file takes " +
        "seconds to be found.",
    ),
  );
}

export function noRuns() {
  return message(
    "No run is chosen",
    "Choose one or more in the list of runs, or press All.",
  );
}

export function noPoint() {
  return message(
    "The chosen runs have no point that can be shown",
    "See the note above of what was left out and why, or choose other runs.",
  );
}

export function failed(error, retry) {
  const element = message("The data could not be read", error.message);
  element.append(button("Try again", retry));
  element.setAttribute("role", "alert");
  return element;
}

export function loading() {
  return html("p", { class: "message", role: "status" }, "Reading …");
}

function message(title, text, ...more) {
  return html(
    "section",
    { class: "message" },
    html("h2", {}, title),
    html("p", {}, text),
    ...more,
  );
}

/** What was left out, and why; null for nothing. */
export function skippedNote(skipped, count) {
  if (count === 0) return null;
  const items = skipped.map(({ run, tag, step, reason }) => {
    const at = step === null ? "" : `, step ${step}`;
    const text = `${run}, ${tag}${at}: left out because ${reason}.`;
    return html("li", {}, text);
  });
  const more = count - skipped.length;
  if (more > 0) items.push(html("li", {}, `and ${more} more.`));
  const noun = count === 1 ? "entry was" : "entries were";
  return html(
    "details",
    { class: "note" },
    html("summary", {}, `${count} ${noun} left out`),
    html("ul", {}, ...items),
  );
}
