"""How uncertain mixup makes the training labels.

Mixing two different classes with the coefficient l gives a label of entropy

    H(l) = -l log(l) - (1 - l) log(1 - l)    in [0, log 2] nats.

H is symmetric, and rises on [0, 1/2]. With l from Beta(alpha, alpha), which
is symmetric too, the entropy is at most h with the probability

    2 I(l(h); alpha, alpha),    where l(h) <= 1/2 and H(l(h)) = h,

I being the regularized incomplete beta function. A label whose partner is of
the same class stays as it was, with entropy 0.
"""

import numpy as np
from scipy import optimize
from scipy import special

from tfmixup.diagrams import canvas

__all__ = ["label_entropy", "label_entropy_cdf", "plot_label_entropy"]

_LOG_2 = float(np.log(2))


def label_entropy(labels):
    """The entropy of each soft label.

    Args:
        labels: float `[n, num_classes]`, each row a distribution.

    Returns:
        float64 `[n]`, in nats.

    Raises:
        ValueError: if `labels` is no matrix, or has a row that is no
            distribution.

    Example:

    >>> label_entropy([[1.0, 0.0], [0.5, 0.5]]).round(4).tolist()
    [0.0, 0.6931]
    """
    labels = np.asarray(labels, np.float64)
    if labels.ndim != 2:
        raise ValueError(
            "`labels` must be soft or one-hot, of shape [n, num_classes]. "
            f"Received: an array of shape {labels.shape}."
        )
    wrong = ~(labels.min(axis=1, initial=0) >= 0)
    # bfloat16 labels, the coarsest, are off by less than a hundredth.
    wrong |= ~(np.abs(labels.sum(axis=1) - 1) <= 1e-2)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            "Each row of `labels` must be a distribution. "
            f"Received: {labels[row]} at row {row}."
        )
    return special.entr(labels).sum(axis=1)


def label_entropy_cdf(entropy, alpha, same_class=0.0):
    """The probability that a mixed label has at most this entropy.

    Args:
        entropy: float array, in nats.
        alpha: float >= 0, of Beta(alpha, alpha); 0 is training without mixup,
            whose labels all have entropy 0.
        same_class: float in [0, 1], the probability that an example's partner
            is of its own class: 1 / num_classes for random pairs of balanced
            classes.

    Returns:
        float64 array, in [0, 1].

    Raises:
        ValueError: if `alpha` or `same_class` is out of its range.

    Example:

    >>> round(float(label_entropy_cdf(0.5, alpha=1.0)), 4)  # 2 l(h)
    0.3994
    """
    if not (alpha >= 0 and 0 <= same_class <= 1):
        raise ValueError(
            "`alpha` must be >= 0 and `same_class` in [0, 1]. "
            f"Received: alpha={alpha}, same_class={same_class}."
        )
    entropy = np.asarray(entropy, np.float64)
    if alpha == 0:
        mixed = np.where(entropy >= 0, 1.0, 0.0)
    else:
        half = special.betainc(alpha, alpha, _coefficient(entropy))
        mixed = np.minimum(2 * half, 1)
    return np.where(entropy >= 0, same_class + (1 - same_class) * mixed, 0.0)


def plot_label_entropy(
    entropy_by_alpha, same_class=0.0, title=None, ax=None, num_bins=40
):
    """Draws the distribution of label entropies for several alphas.

    Steps are what was drawn, points the closed form.

    Args:
        entropy_by_alpha: dict from alpha (float >= 0) to entropies, float
            `[n]`, in nats.
        same_class: float in [0, 1], as in `label_entropy_cdf`.
        title: str; None for none.
        ax: matplotlib axes to draw into; None for a new figure.
        num_bins: int, >= 1.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no alpha, or if entropies are missing or not
            in [0, log 2].

    Example:

    >>> figure = plot_label_entropy({0.3: [0.0, 0.1, 0.6]})
    >>> figure.axes[0].get_xlabel()
    'Entropy of a training label (nats)'

    Reference:
        Thulasidasan et al., 2019, figure 5, https://arxiv.org/abs/1905.11001
    """
    canvas.require_names("entropy_by_alpha", entropy_by_alpha)
    ax = canvas.axes_or_new(ax, size=(5.6, 4.2))
    grid = np.linspace(0, _LOG_2, num_bins + 1)
    middle = (grid[1:] + grid[:-1]) / 2
    styles = canvas.styles(entropy_by_alpha)
    rarest = 1.0
    for (color, marker), (alpha, entropy) in zip(
        styles, entropy_by_alpha.items(), strict=True
    ):
        share = _shares(entropy, alpha, grid)
        rarest = min(rarest, share[share > 0].min())
        ax.stairs(
            100 * share,
            grid,
            color=color,
            linewidth=1.4,
            label=f"alpha = {alpha:g}",
        )
        # The first bin holds 0 itself.
        below = label_entropy_cdf(grid, alpha, same_class)
        below[0] = 0
        ax.plot(
            middle,
            100 * np.diff(below),
            marker,
            color=color,
            markersize=3,
        )
    ax.set_xlim(0, _LOG_2)
    ax.set_xlabel("Entropy of a training label (nats)")
    ax.set_ylabel(f"Labels (%) per bin of {grid[1]:.2g} nats")
    # Below the rarest bin that was drawn there is only the closed form.
    ax.set_yscale("log")
    ax.set_ylim(50 * rarest, 150)
    canvas.draw_legend_below(ax, "lines: drawn; points: closed form")
    return canvas.titled(ax, title)


def _shares(entropy, alpha, grid):
    entropy = np.asarray(entropy, np.float64)
    # float32 labels of two halves have an entropy a little above log 2.
    right = (entropy >= 0) & (entropy <= _LOG_2 + 1e-6)
    if entropy.ndim != 1 or not entropy.size or not right.all():
        raise ValueError(
            "Entropies must be a vector of one or more numbers in [0, log 2]. "
            f"Received: for alpha={alpha:g}, an array of shape "
            f"{entropy.shape}, of which {np.count_nonzero(~right)} are out of "
            "range."
        )
    counts, _ = np.histogram(np.minimum(entropy, _LOG_2), grid)
    return counts / entropy.size


def _coefficient(entropy):
    """The coefficient in [0, 1/2] of which this is the entropy."""

    def one(h):
        if not 0 < h < _LOG_2:
            return 0.5 if h > 0 else 0.0
        return optimize.brentq(
            lambda x: special.entr(x) + special.entr(1 - x) - h, 0, 0.5
        )

    return np.vectorize(one, otypes=[np.float64])(entropy)
