"""Diagrams must work without pyplot: it may know of no figure."""

import pytest
from matplotlib import pyplot


@pytest.fixture(autouse=True)
def no_global_figure():
    """Fails a test that leaves a figure registered or a setting changed."""
    before = pyplot.get_fignums(), dict(pyplot.rcParams)
    yield
    assert (pyplot.get_fignums(), dict(pyplot.rcParams)) == before
