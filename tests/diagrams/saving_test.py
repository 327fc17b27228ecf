import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from tests.diagrams.checks import png_size
from tfmixup.diagrams import canvas
from tfmixup.diagrams import save


def figure_with_a_line():
    figure, axes = canvas.new_panels(size=(2, 1))
    axes[0, 0].plot([0, 1], label="a line")
    axes[0, 0].legend()
    return figure


def test_a_png_and_an_svg_are_written(tmp_path):
    files = save(figure_with_a_line(), tmp_path / "new" / "alpha_0.3")
    assert [file.name for file in files] == ["alpha_0.3.png", "alpha_0.3.svg"]
    assert png_size(files[0]) == (300, 150)  # inches times 150
    root = ElementTree.parse(files[1]).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_known_suffix_asks_for_that_file_alone(tmp_path, suffix):
    [file] = save(figure_with_a_line(), str(tmp_path / f"f{suffix}"))
    assert os.listdir(tmp_path) == [f"f{suffix}"]
    assert file == tmp_path / f"f{suffix}"


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_one_figure_always_gives_the_same_bytes(tmp_path, suffix):
    contents = set()
    for name in ("first", "second"):
        [file] = save(figure_with_a_line(), tmp_path / (name + suffix))
        contents.add(file.read_bytes())
    assert len(contents) == 1


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    [file] = save(figure_with_a_line(), tmp_path / "f.png")
    old = file.read_bytes()

    def half_a_file(self, path, **options):
        with open(path, "wb") as part:
            part.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(Figure, "savefig", half_a_file)
    with pytest.raises(OSError, match="disk full"):
        save(figure_with_a_line(), tmp_path / "f.png")
    assert os.listdir(tmp_path) == ["f.png"]
    assert file.read_bytes() == old


def test_a_file_gets_the_rights_of_any_new_file(tmp_path):
    [file] = save(figure_with_a_line(), tmp_path / "f.png")
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
