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


def root_mean_square_calibration_error(count, confidence, correct):
    """Nguyen and O'Connor 2015, over given bins."""
    total, n = 0.0, count.sum()
    for m in range(len(count)):
        if count[m] > 0:
            acc, conf = correct[m] / count[m], confidence[m] / count[m]
            total += count[m] / n * (acc - conf) ** 2
    return total**0.5


def debiased_root_mean_square_calibration_error(count, confidence, correct):
    """Kumar et al. 2019, definition 5.2."""
    total, n = 0.0, count.sum()
    for m in range(len(count)):
        if count[m] > 1:
            acc, conf = correct[m] / count[m], confidence[m] / count[m]
            bias = acc * (1 - acc) / (count[m] - 1)
            total += count[m] / n * ((acc - conf) ** 2 - bias)
    return max(total, 0.0) ** 0.5


def debiased_calibration_error(count, confidence, correct):
    """Kumar et al. 2019, for the absolute error: the mean over draws of each
    bin's accuracy, here by integration over 10 standard deviations."""
    plain = expected_calibration_error(count, confidence, correct)
    drawn, n = 0.0, count.sum()
    z = np.linspace(-10, 10, 200001)
    density = np.exp(-(z**2) / 2)
    density /= density.sum()
    for m in range(len(count)):
        if count[m] > 0:
            acc, conf = correct[m] / count[m], confidence[m] / count[m]
            deviation = np.sqrt(acc * (1 - acc) / count[m])
            gaps = np.abs(acc + deviation * z - conf)
            drawn += count[m] / n * (gaps * density).sum()
    return 2 * plain - drawn


def shared_among_equals(confidence, correct):
    """In increasing order; each of equal confidences as right as all."""
    confidence = np.asarray(confidence, np.float64)
    order = np.argsort(confidence, kind="stable")
    confidence = confidence[order]
    correct = np.asarray(correct, np.float64)[order]
    for value in set(confidence):
        equal = confidence == value
        correct[equal] = correct[equal].mean()
    return confidence, correct


def equal_mass_bins(confidence, correct, num_bins):
    """(confidence sums, correct sums) of bins of n / num_bins examples each.

    Each example is cut into num_bins pieces, so that every bin gets n.
    """
    confidence, correct = shared_among_equals(confidence, correct)
    n = len(confidence)
    pieces = np.repeat(np.arange(n), num_bins).reshape(num_bins, n)
    sums = [
        (confidence[piece].sum() / num_bins, correct[piece].sum() / num_bins)
        for piece in pieces
    ]
    return np.array(sums).T


def adaptive_calibration_error(confidence, correct, num_bins):
    """Expected calibration error of equal-mass bins."""
    sums, right = equal_mass_bins(confidence, correct, num_bins)
    return np.abs(sums - right).sum() / len(confidence)


def monotonic_sweep_calibration_error(confidence, correct):
    """Roelofs et al. 2022, algorithm 1."""
    limit = len(set(np.asarray(confidence).tolist()))
    num_bins = 1
    while num_bins < limit:
        _, right = equal_mass_bins(confidence, correct, num_bins + 1)
        if (np.diff(right) < -1e-9).any():
            break
        num_bins += 1
    return adaptive_calibration_error(confidence, correct, num_bins)


def kolmogorov_smirnov_calibration_error(confidence, correct):
    """Gupta et al. 2021: the largest cumulative difference."""
    confidence = np.asarray(confidence, np.float64)
    largest = 0.0
    for threshold in confidence:
        below = confidence <= threshold
        gap = (np.asarray(correct)[below] - confidence[below]).sum()
        largest = max(largest, abs(gap) / len(confidence))
    return largest


def smooth_calibration_error(confidence, correct, points=4001):
    """Blasiok and Nakkiran 2024: sums of reflected Gaussians, by bisection."""
    confidence = np.asarray(confidence, np.float64)
    residual = np.asarray(correct) - confidence
    t = (np.arange(points) + 0.5) / points
    images = [s * confidence + 2 * r for s in (1, -1) for r in range(-3, 4)]

    def error(width):
        smooth = np.zeros(points)
        for image in images:
            for centre, r in zip(image, residual, strict=True):
                smooth += r * np.exp(-(((t - centre) / width) ** 2) / 2)
        smooth /= width * np.sqrt(2 * np.pi) * len(confidence)
        return np.abs(smooth).mean()

    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        if error(middle) > middle:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def area_under_risk_coverage(confidence, correct):
    """Geifman et al. 2019; equal confidences in the mean of their orders."""
    confidence, correct = shared_among_equals(confidence, correct)
    wrong = 1 - correct[::-1]
    risks = [wrong[:i].sum() / i for i in range(1, len(wrong) + 1)]
    return np.mean(risks)


def class_bins(labels, probabilities, num_bins):
    """(count, probability sum, label sum), each `[num_classes, num_bins]`."""
    columns = range(probabilities.shape[1])
    parts = [bins(probabilities[:, k], labels == k, num_bins) for k in columns]
    return np.array(parts).transpose(1, 0, 2)


def classwise_calibration_error(labels, probabilities, num_bins):
    """Kull et al. 2019: the mean over classes."""
    count, sums, right = class_bins(labels, probabilities, num_bins)
    errors = [
        expected_calibration_error(count[k], sums[k], right[k])
        for k in range(len(count))
    ]
    return np.mean(errors)


def thresholded_adaptive_calibration_error(
    labels, probabilities, num_bins, threshold
):
    """Nixon et al. 2019: the mean over classes, of large probabilities."""
    errors = []
    for k in range(probabilities.shape[1]):
        large = probabilities[:, k] > threshold
        if large.any():
            column = probabilities[large, k]
            hits = labels[large] == k
            errors.append(adaptive_calibration_error(column, hits, num_bins))
        else:
            errors.append(0.0)
    return np.mean(errors)


def brier_parts(labels, probabilities, num_bins):
    """Murphy 1973: (uncertainty, resolution, reliability) of bin means."""
    n = len(labels)
    count, sums, right = class_bins(labels, probabilities, num_bins)
    uncertainty = resolution = reliability = 0.0
    for k in range(len(count)):
        rate = right[k].sum() / n
        uncertainty += rate * (1 - rate)
        for m in range(num_bins):
            if count[k, m] > 0:
                observed = right[k, m] / count[k, m]
                forecast = sums[k, m] / count[k, m]
                resolution += count[k, m] / n * (observed - rate) ** 2
                reliability += count[k, m] / n * (observed - forecast) ** 2
    return uncertainty, resolution, reliability


def auroc(positive, scores):
    """The fraction of pairs in the right order; equal ones count half."""
    pairs = rights = 0.0
    for i in range(len(scores)):
        for j in range(len(scores)):
            if positive[i] and not positive[j]:
                pairs += 1
                rights += scores[i] > scores[j]
                rights += 0.5 * (scores[i] == scores[j])
    return rights / pairs
