// Bytes of tfmixup/tensorboard/reader/payload.py -> series.

import { scoresOf } from "./statistics.js";

const ROWS = ["lower", "upper", "count", "confidence", "correct"];

export function decode(buffer) {
  const view = new DataView(buffer);
  const length = view.getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
  const header = JSON.parse(text);
  const numbers = numbersOf(buffer, 4 + length);
  let start = 0;
  for (const series of header.series) {
    series.bins = series.num_bins.map((size) => {
      const bins = {};
      for (const row of ROWS) {
        bins[row] = numbers.subarray(start, start + size);
        start += size;
      }
      return bins;
    });
    series.scores = series.bins.map(scoresOf);
    addNll(series);
  }
  return header;
}

function numbersOf(buffer, offset) {
  const probe = new Uint8Array(new Uint16Array([1]).buffer);
  if (probe[0] === 1) return new Float64Array(buffer, offset);
  const view = new DataView(buffer, offset);
  return Float64Array.from({ length: view.byteLength / 8 }, (_, i) =>
    view.getFloat64(8 * i, true),
  );
}

function addNll(series) {
  const byStep = new Map(series.nll);
  series.scores.forEach((scores, i) => {
    scores.nll = byStep.get(series.steps[i]) ?? NaN;
  });
}

/** Place of the last step that is not after `step`; -1 for none. */
export function placeAt(series, step) {
  let low = 0;
  let high = series.steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (series.steps[middle] <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
