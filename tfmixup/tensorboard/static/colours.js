// Colours that the colour-blind can tell apart (Okabe and Ito), on light and
// dark. After the eighth run they repeat with another dash.

const COLOURS = [
  "#0072b2", "#d55e00", "#009e73", "#cc79a7",
  "#b8860b", "#56b4e9", "#8a6ff0", "#8c6d5a",
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
