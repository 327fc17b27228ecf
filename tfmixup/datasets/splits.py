"""Disjoint, stratified splits by a seeded rule."""

import numpy as np

__all__ = ["stratified_order", "stratified_parts"]


def stratified_order(labels, seed=0):
    """An order of the examples in which every prefix is stratified.

    The r-th example (from 0) of a shuffled class of m gets position
    (r + u) / m, with one uniform u in [0, 1) for each class, and positions
    are sorted. So the first examples up to any position hold each class in
    its share, rounded up or down; of equally large classes, any prefix holds
    counts that differ by at most 1; and a class of one example is as likely
    to come early as any other example.

    Args:
        labels: int array `[n]`.
        seed: int; the order is a function of it and the labels alone, the
            same on every machine and for every NumPy version.

    Returns:
        int64 array `[n]`, a permutation of 0 .. n-1.

    Example:

    >>> labels = np.array([0, 0, 0, 0, 1, 1])
    >>> order = stratified_order(labels)
    >>> sorted(labels[order[:3]].tolist())
    [0, 0, 1]
    """
    labels = np.asarray(labels)
    # A bit generator's raw words are NumPy's only stream that is promised
    # never to change; the shuffles of np.random.Generator may.
    draws = np.random.Philox(key=int(seed) % 2**64)
    words = draws.random_raw(len(labels))
    position = np.empty(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        members = members[np.argsort(words[members], kind="stable")]
        offset = draws.random_raw() / 2**64
        position[members] = (np.arange(len(members)) + offset) / len(members)
    return np.lexsort((words, position)).astype(np.int64)


def stratified_parts(labels, fractions, seed=0):
    """Disjoint stratified parts that together are all examples.

    Args:
        labels: int array `[n]`.
        fractions: floats in [0, 1) that sum to less than 1, the sizes of the
            leading parts; the last part is the rest.
        seed: see `stratified_order`.

    Returns:
        A list of len(fractions) + 1 sorted int64 arrays.

    Raises:
        ValueError: fractions out of range.

    Example:

    >>> test, train = stratified_parts(np.zeros(10, int), [0.2])
    >>> len(test), len(train)
    (2, 8)
    """
    total = sum(fractions)
    if not all(0 <= each < 1 for each in fractions) or not total < 1:
        raise ValueError(
            "The fractions of a split must be in [0, 1) and leave a rest. "
            f"Received: {list(fractions)}, in sum {total}."
        )
    order = stratified_order(labels, seed)
    ends = np.rint(np.cumsum(fractions) * len(order)).astype(int)
    return [np.sort(part) for part in np.split(order, ends)]
