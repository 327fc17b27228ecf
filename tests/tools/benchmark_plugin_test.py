"""50 runs of 200 steps of 15 bins: the page stays quick."""

import importlib.machinery
import importlib.util
import pathlib

import pytest

TOOL = pathlib.Path(__file__).parents[2] / "tools" / "benchmark_plugin"


def imported():
    loader = importlib.machinery.SourceFileLoader("benchmark_plugin", str(TOOL))
    spec = importlib.util.spec_from_loader("benchmark_plugin", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_first_paint_and_slider_are_within_their_limits():
    pytest.importorskip("playwright", reason="needs: pip install playwright")
    from tests.tensorboard import conftest

    if not any(map(conftest.shutil.which, conftest.CHROMIUM)):
        pytest.skip("needs: apt-get install chromium")
    first, whole = imported().run(50, 200, 15, repeats=3)
    assert (first["chosen"], whole["chosen"]) == (10, 50)
    assert max(first["first_ms"], whole["first_ms"]) < 2000
    assert max(first["move_ms"], whole["move_ms"]) < 100
