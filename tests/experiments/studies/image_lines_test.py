"""Tests of experiments.studies.image_lines."""

from experiments.studies import image_lines


def test_a_line_for_each_pair_and_method():
    pairs = ["CIFAR-10\nVGG-16", "CIFAR-100\nResNet-34"]
    lines = image_lines.lines(pairs, ["baseline", "ERL"])
    assert [(line.data, line.method) for line in lines] == [
        (pairs[0], "baseline"),
        (pairs[0], "ERL"),
        (pairs[1], "baseline"),
        (pairs[1], "ERL"),
    ]
    assert lines[3].arguments == (
        "--flagfile=experiments/flags/cifar100/resnet34_erl.flags",
    )


def test_the_sweep_reaches_from_little_mixing_to_uniform_coefficients():
    lines = image_lines.sweep_lines(["STL-10\nVGG-16"])
    alphas = [float(line.arguments[-1].split("=")[1]) for line in lines]
    assert tuple(alphas) == image_lines.ALPHAS
    # With the baseline, alpha 0, at least six.
    assert len(alphas) >= 5 and min(alphas) > 0 and max(alphas) == 1
    assert [line.method for line in lines][:2] == [
        "mixup, alpha 0.1",
        "mixup, alpha 0.2",
    ]


def test_a_stand_in_is_taken_below_full_scale_only():
    paper = ["CIFAR-100\nVGG-16", "STL-10\nVGG-16"]
    assert image_lines.stand_in("full", paper) == paper
    for scale in ("cpu", "cpu_short", "smoke"):
        assert image_lines.stand_in(scale, paper) == [
            "Fashion-MNIST\nResNet-18"
        ]


def test_table_2_has_the_printed_numbers():
    lines = image_lines.table2_lines()
    assert len(lines) == 10
    printed = {(line.data, line.method): line.printed for line in lines}
    baseline = printed["CIFAR-10\nResNet-18", "baseline"]
    assert baseline == {"accuracy": 0.9512, "ece": 0.023}
    assert image_lines.table2_lines(["a"]) == lines[:5]
