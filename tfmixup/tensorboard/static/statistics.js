// Scores of bins, as in tfmixup.metrics.scores. Bins are five arrays: lower,
// upper, count, confidence (sum), correct (sum).

// Below so many examples a bin is drawn faded: its accuracy is mostly noise.
export const FEW = 30;
const Z = 1.959963984540054;

export function accuracyOf(bins, place) {
  return bins.correct[place] / bins.count[place];
}

export function confidenceOf(bins, place) {
  return bins.confidence[place] / bins.count[place];
}

/** Confidence less accuracy: above 0 is overconfident; NaN if empty. */
export function gapOf(bins, place) {
  return confidenceOf(bins, place) - accuracyOf(bins, place);
}

/** Wilson's 95% interval of the accuracy of a bin. */
export function wilson(bins, place) {
  const n = bins.count[place];
  const p = bins.correct[place] / n;
  const centre = (p + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half =
    (Z * Math.sqrt((p * (1 - p)) / n + (Z / (2 * n)) ** 2)) /
    (1 + (Z * Z) / n);
  const low = Math.min(p, Math.max(0, centre - half));
  return [low, Math.max(p, Math.min(1, centre + half))];
}

/** All scores of bins; NaN of bins without an example. */
export function scoresOf(bins) {
  let count = 0;
  let confidence = 0;
  let correct = 0;
  let gaps = 0;
  let over = 0;
  for (let m = 0; m < bins.count.length; m++) {
    const n = bins.count[m];
    if (n === 0) continue;
    const excess = bins.confidence[m] - bins.correct[m];
    count += n;
    confidence += bins.confidence[m];
    correct += bins.correct[m];
    gaps += Math.abs(excess);
    over += (bins.confidence[m] / n) * Math.max(excess, 0);
  }
  return {
    count,
    accuracy: correct / count,
    confidence: confidence / count,
    gap: (confidence - correct) / count,
    ece: gaps / count,
    oe: over / count,
  };
}

/** The share of the examples in each bin. */
export function sharesOf(bins) {
  const total = bins.count.reduce((sum, n) => sum + n, 0);
  return Array.from(bins.count, (n) => (total ? n / total : 0));
}

export function sameEdges(one, other) {
  return (
    one.lower.length === other.lower.length &&
    one.lower.every((edge, m) => edge === other.lower[m]) &&
    one.upper.every((edge, m) => edge === other.upper[m])
  );
}

/**
 * Area under the ROC curve of telling in from out of distribution by the
 * confidence, from histograms of equal edges: within a bin, a tie. NaN if the
 * edges differ.
 */
export function binnedAuroc(inside, outside) {
  if (!sameEdges(inside, outside)) return NaN;
  const a = sharesOf(inside);
  const b = sharesOf(outside);
  let below = 0;
  let area = 0;
  for (let m = 0; m < a.length; m++) {
    area += a[m] * (below + b[m] / 2);
    below += b[m];
  }
  return area;
}
