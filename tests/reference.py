"""Plain float64 NumPy versions of what tfmixup computes, for comparison.

Written as loops to be compared with the papers by eye. Nothing here imports
tfmixup.
"""

import numpy as np


def softmax(logits):
    """float64 `[n, k]` from logits of any float dtype."""
    logits = np.asarray(logits).astype(np.float64)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def bins(confidence, correct, num_bins, weight=None):
    """(count, confidence sum, correct sum), each float64 `[num_bins]`.

    Bin m (from 1) holds the confidences in ((m - 1) / M, m / M]. The edges
    are numbers of the confidences' own dtype; there are none below the first
    and above the last bin.
    """
    confidence = np.asarray(confidence)
    number = confidence.dtype.type
    weight = np.ones(len(confidence)) if weight is None else weight
    count, sums, right = np.zeros((3, num_bins))
    for i in range(len(confidence)):
        m = 1
        while m < num_bins and confidence[i] > number(m) / number(num_bins):
            m += 1
        count[m - 1] += weight[i]
        sums[m - 1] += weight[i] * float(confidence[i])
        right[m - 1] += weight[i] * float(correct[i])
    return count, sums, right


def expected_calibration_error(count, confidence, correct):
    """Guo et al. 2017, eq. 3."""
    total, n = 0.0, count.sum()
    for m in range(len(count)):
        if count[m] > 0:
            acc, conf = correct[m] / count[m], confidence[m] / count[m]
            total += count[m] / n * abs(acc - conf)
    return total


def overconfidence_error(count, confidence, correct):
    """Thulasidasan et al. 2019, section 3.2."""
    total, n = 0.0, count.sum()
    for m in range(len(count)):
        if count[m] > 0:
            acc, conf = correct[m] / count[m], confidence[m] / count[m]
            total += count[m] / n * (conf * max(conf - acc, 0.0))
    return total


def maximum_calibration_error(count, confidence, correct):
    """Guo et al. 2017, eq. 5."""
    gaps = [0.0]
    for m in range(len(count)):
        if count[m] > 0:
            gaps.append(abs(correct[m] - confidence[m]) / count[m])
    return max(gaps)


def winners(labels, probabilities):
    """(confidence, correct) of classes and rows of probabilities."""
    confidence = np.max(probabilities, axis=1)
    return confidence, np.argmax(probabilities, axis=1) == labels


def negative_log_likelihood(labels, probabilities):
    """Mean of -log of the label's probability."""
    rows = range(len(labels))
    return np.mean([-np.log(probabilities[i][labels[i]]) for i in rows])


def brier_score(labels, probabilities):
    """Brier 1950: squared distances, summed over classes."""
    total = 0.0
    for i in range(len(labels)):
        for k in range(len(probabilities[i])):
            total += (probabilities[i][k] - (k == labels[i])) ** 2
    return total / len(labels)
