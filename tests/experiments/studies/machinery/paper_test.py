"""Tests of experiments.studies.machinery.paper."""

import pytest

from experiments.studies.machinery.paper import printed


def test_numbers_are_those_of_the_paper():
    numbers = printed("Table 2a", "CIFAR-10", "ResNet-18", "mixup", "alpha=0.4")
    assert numbers == {"accuracy": 0.9616, "ece": 0.019}


def test_a_row_that_is_not_printed_is_an_error():
    with pytest.raises(KeyError, match="no row Table 2a"):
        printed("Table 2a", "CIFAR-10", "ResNet-18", "mixup", "alpha=7")
