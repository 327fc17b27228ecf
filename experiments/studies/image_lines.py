"""The lines that the figures and tables on images share."""

from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.paper import printed
from experiments.studies.machinery.scales import flagfile

__all__ = [
    "ALPHAS",
    "METHODS",
    "PAIRS",
    "bar_panel",
    "lines",
    "stand_in",
    "sweep_lines",
    "table2_lines",
]

# Figure 2 (e-g): what is shown of each data set and architecture.
PAIRS = {
    "STL-10\nVGG-16": "stl10/vgg16",
    "CIFAR-10\nVGG-16": "cifar10/vgg16",
    "CIFAR-10\nResNet-34": "cifar10/resnet34",
    "CIFAR-100\nVGG-16": "cifar100/vgg16",
    "CIFAR-100\nResNet-34": "cifar100/resnet34",
    "Fashion-MNIST\nResNet-18": "fashion_mnist/resnet18",
}
METHODS = {
    "baseline": "baseline",
    "mixup": "mixup",
    "feature mixup": "feature_mixup",
    "label smoothing": "label_smoothing",
    "ERL": "erl",
}
# Figure 2 (h-j). Alpha 0 is the baseline: no label is mixed.
ALPHAS = (0.1, 0.2, 0.3, 0.5, 1.0)
_STAND_IN = "Fashion-MNIST\nResNet-18"


def stand_in(scale, paper):
    """The pairs of data set and architecture that are run at a scale.

    Args:
        scale: str.
        paper: list of keys of `PAIRS`, what the paper shows.

    Returns:
        `paper` at full scale; otherwise Fashion-MNIST with ResNet-18, which
        a CPU can train to the point where it over-fits.
    """
    return list(paper) if scale == "full" else [_STAND_IN]


def lines(pairs, methods):
    """A line for each pair and method.

    Args:
        pairs: iterable of keys of `PAIRS`.
        methods: iterable of keys of `METHODS`.

    Returns:
        tuple of `Line`.
    """
    return tuple(
        Line(pair, method, (flagfile(f"{PAIRS[pair]}_{METHODS[method]}"),))
        for pair in pairs
        for method in methods
    )


def bar_panel(lines):
    """The size of a panel of bars in inches: room for every pair's name.

    Args:
        lines: iterable of `Line`.

    Returns:
        (width, height).
    """
    pairs = {line.data for line in lines}
    return max(5.2, 1.35 * len(pairs)), 4.6


def sweep_lines(pairs):
    """A line for each pair and alpha above 0.

    Args:
        pairs: iterable of keys of `PAIRS`.

    Returns:
        tuple of `Line`.
    """
    return tuple(
        Line(
            pair,
            f"mixup, alpha {alpha:g}",
            (flagfile(f"{PAIRS[pair]}_mixup"), f"--alpha={alpha:g}"),
        )
        for pair in pairs
        for alpha in ALPHAS
    )


def table2_lines(parts=("a", "b")):
    """The rows of Table 2.

    Args:
        parts: which of its two parts: "a" is CIFAR-10, "b" CIFAR-100.

    Returns:
        tuple of `Line`, with the printed numbers.
    """
    found = []
    for part in parts:
        dataset = {"a": "CIFAR-10", "b": "CIFAR-100"}[part]
        best, kappa = {"a": ("0.4", "0.1"), "b": ("0.5", "1.0")}[part]
        base = f"{dataset.lower().replace('-', '')}/resnet18"
        for name, variant, method, setting in (
            ("baseline", "baseline", "baseline", None),
            (f"mixup, alpha {best}", "mixup", "mixup", f"alpha={best}"),
            ("mixup, alpha 1", "mixup_1.0", "mixup", "alpha=1.0"),
            (
                "label smoothing",
                "label_smoothing",
                "label smoothing",
                "epsilon=0.1",
            ),
            ("ERL", "erl", "ERL", f"kappa={kappa}"),
        ):
            numbers = printed(
                f"Table 2{part}", dataset, "ResNet-18", method, setting
            )
            found.append(
                Line(
                    f"{dataset}\nResNet-18",
                    name,
                    (flagfile(f"{base}_{variant}"),),
                    numbers,
                )
            )
    return tuple(found)
