// Colours of runs, which the colour-blind can tell apart on light and dark
// (after Paul Tol). Orange and blue are not among them: they mean over- and
// underconfident. After the eighth run they repeat with another dash.

const COLOURS = [
  "#009e73", "#aa4499", "#b8860b", "#6a5acd",
  "#cc6677", "#3aa6a6", "#8c6d5a", "#7a8b00",
];
const DASHES = [null, "6 3", "2 2", "8 3 2 3"];

/** Dict from run to { colour, dash }, the same whatever is selected. */
export function stylesOf(runs) {
  const style = (i) => ({
    colour: COLOURS[i % COLOURS.length],
    dash: DASHES[Math.floor(i / COLOURS.length) % DASHES.length],
  });
  return new Map(runs.map((run, i) => [run, style(i)]));
}
