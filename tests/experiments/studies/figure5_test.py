"""Tests of experiments.studies.figure5."""

import numpy as np
import pytest

from experiments.studies.figure5 import draw_entropies
from tfmixup import diagrams


@pytest.mark.parametrize("alpha", [0.1, 1.0, 2.0])
def test_the_labels_of_the_stage_have_the_entropies_of_the_closed_form(alpha):
    entropies = np.sort(draw_entropies(alpha))
    size = len(entropies)
    above = entropies > 0
    # Balanced labels: one pair in ten is of one class, without entropy.
    expected = diagrams.label_entropy_cdf(entropies, alpha, same_class=0.1)
    ranks = np.arange(1, size + 1) / size
    # Kolmogorov-Smirnov: 1.95 / sqrt(n) is exceeded once in 1,000 times.
    # float32 coefficients near 1 lose their entropy: compare above 1e-4.
    compared = above & (entropies > 1e-4)
    assert compared.sum() > size / 2
    distance = np.abs(ranks - expected)[compared].max()
    assert distance < 1.95 / np.sqrt(size)


def test_other_seeds_give_other_labels():
    assert not np.array_equal(draw_entropies(1.0, 0), draw_entropies(1.0, 1))
