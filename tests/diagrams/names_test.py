"""Names of models and sets are drawn as they are, in every diagram."""

import numpy as np
import pytest

from tests.diagrams.checks import check_picture
from tfmixup import diagrams
from tfmixup.metrics import bins_of
from tfmixup.metrics import distinct_bins_of

NAMES = ["_hidden", "costs $5 or $6", "$", "__", r"a\\b^c_{d}"]


def data():
    rng = np.random.default_rng(0)
    return rng.integers(0, 3, 200), rng.dirichlet(np.ones(3), 200)


def shown(figure):
    """All that legends and titles say, without spaces that have no width."""
    texts = [t.get_text() for ax in figure.axes for t in ax.texts]
    for ax in figure.axes:
        texts += [ax.get_title(), ax.get_title(loc="left")]
        legend = ax.get_legend()
        if legend is not None:
            texts += [text.get_text() for text in legend.get_texts()]
    texts += [figure.get_suptitle()]
    return "\n".join(texts).replace("\u200b", "").replace(r"\$", "$")


def figure_of(drawn):
    return getattr(drawn, "figure", drawn)


DIAGRAMS = {
    "reliability": lambda name: diagrams.compare_reliability(
        {name: bins_of(*data()), "other": bins_of(*data())}
    ),
    "gaps": lambda name: diagrams.plot_gaps({name: bins_of(*data())}),
    "scatter": lambda name: diagrams.plot_calibration_scatter(
        {name: bins_of(*data())}
    ),
    "risk": lambda name: diagrams.plot_risk_coverage(
        {name: distinct_bins_of(*data())}
    ),
    "winning scores": lambda name: diagrams.plot_winning_scores(
        {name: data()[1].max(axis=1)}
    ),
    "title": lambda name: diagrams.plot_reliability(bins_of(*data()), name),
}


@pytest.mark.parametrize("diagram", DIAGRAMS)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_drawn_as_it_is(diagram, name, tmp_path):
    figure = figure_of(DIAGRAMS[diagram](name))
    check_picture(figure, tmp_path)
    assert name in shown(figure)
