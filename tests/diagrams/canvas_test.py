import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from tests.diagrams.checks import png_size
from tfmixup.diagrams import canvas


def figure_with_a_line():
    figure, axes = canvas.new_panels(size=(2, 1))
    axes[0, 0].plot([0, 1], label="a line")
    axes[0, 0].legend()
    return figure


def test_a_png_and_an_svg_are_written(tmp_path):
    files = canvas.save(figure_with_a_line(), tmp_path / "new" / "alpha_0.3")
    assert [file.name for file in files] == ["alpha_0.3.png", "alpha_0.3.svg"]
    assert png_size(files[0]) == (300, 150)  # inches times 150
    root = ElementTree.parse(files[1]).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_known_suffix_asks_for_that_file_alone(tmp_path, suffix):
    [file] = canvas.save(figure_with_a_line(), str(tmp_path / f"f{suffix}"))
    assert os.listdir(tmp_path) == [f"f{suffix}"]
    assert file == tmp_path / f"f{suffix}"


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_one_figure_always_gives_the_same_bytes(tmp_path, suffix):
    contents = set()
    for name in ("first", "second"):
        [file] = canvas.save(figure_with_a_line(), tmp_path / (name + suffix))
        contents.add(file.read_bytes())
    assert len(contents) == 1


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    [file] = canvas.save(figure_with_a_line(), tmp_path / "f.png")
    old = file.read_bytes()

    def half_a_file(self, path, **options):
        with open(path, "wb") as part:
            part.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(Figure, "savefig", half_a_file)
    with pytest.raises(OSError, match="disk full"):
        canvas.save(figure_with_a_line(), tmp_path / "f.png")
    assert os.listdir(tmp_path) == ["f.png"]
    assert file.read_bytes() == old


def test_a_file_gets_the_rights_of_any_new_file(tmp_path):
    [file] = canvas.save(figure_with_a_line(), tmp_path / "f.png")
    (tmp_path / "other").touch()
    assert file.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_diagrams_need_no_backend(tmp_path):
    code = (
        "import sys; from tfmixup import diagrams; "
        "bins = diagrams.reliability.Bins([4], [2.0], [1]); "
        "diagrams.save(diagrams.plot_reliability(bins), sys.argv[1])"
    )
    # pyplot would fail with it at the first figure.
    environment = dict(os.environ, MPLBACKEND="module://no_such_backend")
    environment.pop("DISPLAY", None)
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "f.png")],
        check=True,
        env=environment,
    )
    assert png_size(tmp_path / "f.png") == (720, 930)


def test_axes_of_a_pyplot_figure_are_accepted():
    figure, ax = pyplot.subplots()
    assert canvas.axes_or_new(ax) is ax
    pyplot.close(figure)


def test_an_array_of_axes_is_refused():
    _, axes = canvas.new_panels(1, 2)
    with pytest.raises(TypeError, match="pass one element"):
        canvas.axes_or_new(axes)


def test_split_axes_share_x_and_lie_below_without_overlap():
    figure, axes = canvas.new_panels(1, 2)
    below = canvas.split_below(axes[0, 0])
    axes[0, 0].set_xlim(3, 4)
    figure.draw_without_rendering()
    assert below.get_xlim() == (3, 4)
    upper, lower = axes[0, 0].get_position(), below.get_position()
    assert lower.y1 <= upper.y0
    assert lower.x0 == pytest.approx(upper.x0)
    # The neighbour keeps the whole height.
    assert axes[0, 1].get_position().y0 == pytest.approx(lower.y0, abs=0.01)


def test_axes_that_were_placed_by_hand_are_split_too():
    figure = Figure()
    ax = figure.add_axes([0.2, 0.5, 0.6, 0.4])
    below = canvas.split_below(ax)
    figure.draw_without_rendering()
    box, upper = below.get_window_extent(), ax.get_window_extent()
    assert box.y1 < upper.y0
    assert box.width == pytest.approx(upper.width)
