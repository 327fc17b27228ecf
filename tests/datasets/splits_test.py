"""Tests of tfmixup.datasets.splits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tfmixup.datasets import splits

label_arrays = st.lists(st.integers(0, 5), min_size=1, max_size=80).map(
    np.array
)


@settings(max_examples=50, deadline=None)
@given(labels=label_arrays, seed=st.integers(-5, 2**70))
def test_the_order_is_a_permutation(labels, seed):
    order = splits.stratified_order(labels, seed)
    assert sorted(order) == list(range(len(labels)))


@settings(max_examples=30, deadline=None)
@given(
    num_classes=st.integers(1, 7),
    each=st.integers(1, 20),
    seed=st.integers(0, 1000),
)
def test_prefixes_of_equal_classes_differ_by_at_most_one(
    num_classes, each, seed
):
    labels = np.random.default_rng(seed).permutation(
        np.repeat(np.arange(num_classes), each)
    )
    ordered = labels[splits.stratified_order(labels, seed)]
    for end in range(1, len(labels) + 1):
        counts = np.bincount(ordered[:end], minlength=num_classes)
        assert counts.max() - counts.min() <= 1


def test_rare_classes_come_neither_first_nor_last():
    # 500 classes of one example beside one class of 4,500. A tenth of the
    # examples must hold about a tenth of the rare ones: binomial(500, 0.1)
    # has mean 50 and standard deviation 6.7; 5 of them are 34.
    labels = np.concatenate([np.zeros(4500, int), np.arange(1, 501)])
    order = splits.stratified_order(labels, seed=0)
    assert abs((labels[order[:500]] > 0).sum() - 50) < 34


@settings(max_examples=50, deadline=None)
@given(
    labels=label_arrays,
    fractions=st.lists(st.floats(0, 0.3), max_size=3),
    seed=st.integers(0, 100),
)
def test_parts_are_disjoint_sorted_complete_and_of_the_right_size(
    labels, fractions, seed
):
    parts = splits.stratified_parts(labels, fractions, seed)
    assert len(parts) == len(fractions) + 1
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))
    for part, fraction in zip(parts, fractions, strict=False):
        assert (np.diff(part) > 0).all()
        # Both ends are rounded to whole examples: each off by 1/2 at most.
        assert abs(len(part) - fraction * len(labels)) <= 1


def test_each_part_holds_each_class_in_its_share():
    labels = np.repeat([0, 1, 2], [100, 200, 300])
    for part, size in zip(
        splits.stratified_parts(labels, [0.2, 0.1]),
        (0.2, 0.1, 0.7),
        strict=True,
    ):
        counts = np.bincount(labels[part])
        # Each end of a part rounds each class up or down, and shifting the
        # end to a whole number of examples moves a class by one more.
        assert np.abs(counts - size * np.array([100, 200, 300])).max() <= 3


def test_the_parts_depend_on_the_seed():
    labels = np.zeros(50, int)
    first, _ = splits.stratified_parts(labels, [0.5], seed=1)
    second, _ = splits.stratified_parts(labels, [0.5], seed=2)
    assert set(first) != set(second)


def test_the_rule_never_changes():
    # Written down once: a changed rule would move test examples into the
    # training split of every earlier run.
    labels = np.array([0, 1, 2, 0, 1, 2, 0, 1, 0, 0])
    order = splits.stratified_order(labels, 0)
    assert order.tolist() == [1, 0, 2, 9, 4, 8, 7, 3, 5, 6]


@pytest.mark.parametrize("fractions", [[-0.1], [1.0], [0.5, 0.5], [0.9, 0.2]])
def test_fractions_that_leave_nothing_are_refused(fractions):
    with pytest.raises(ValueError, match=r"in \[0, 1\) and leave a rest.*sum"):
        splits.stratified_parts(np.zeros(10, int), fractions)
