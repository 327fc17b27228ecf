"""A wheel that is built from the checkout is a library of its own."""

import email.parser
import importlib.metadata
import pathlib
import re
import subprocess
import sys
import zipfile

import pytest

import tfmixup

ROOT = pathlib.Path(__file__).parents[1]

pytestmark = pytest.mark.slow


def python(*arguments, **options):
    """What a Python of its own prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        **options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel of what git knows, built beside the checkout and not in it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "tfmixup", "LICENSE", "README.md"]
        + ["pyproject.toml", "setup.cfg"],
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
    )
    if listed.returncode:
        pytest.skip("not a checkout")
    for name in filter(None, listed.stdout.split("\0")):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    python(
        *("-m", "pip", "wheel", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", str(folder), str(source)),
    )
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel):
    """A folder with the wheel installed into it."""
    target = wheel.parent / "installed"
    python(
        *("-m", "pip", "install", "--no-deps", "--no-index"),
        *("--target", str(target), str(wheel)),
    )
    return target


def test_the_wheel_holds_every_file_of_the_library(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {n for n in archive.namelist() if ".dist-info/" not in n}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tfmixup").rglob("*")
        if path.suffix in {".css", ".csv", ".js", ".py", ".pyi"}
    }
    assert packed == wanted


def test_the_metadata_is_what_an_index_asks_for(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [n for n in archive.namelist() if n.endswith("/METADATA")]
        text = archive.read(name).decode("utf-8")
        names = archive.namelist()
    found = email.parser.Parser().parsestr(text)
    assert found["Name"] == "tfmixup"
    assert found["Version"] == tfmixup.__version__
    assert found["Description-Content-Type"] == "text/markdown"
    assert "Apache-2.0" in (found["License-Expression"] or found["License"])
    assert found["Requires-Python"] == "<3.14,>=3.10"
    assert found.get_payload().startswith("# tfmixup")
    assert [n for n in names if re.search(r"dist-info/.*LICENSE$", n)]


def test_the_wheel_is_imported_outside_of_the_checkout(installed, tmp_path):
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        "import tfmixup\n"
        "for name in tfmixup.__all__:\n"
        "    door = getattr(tfmixup, name)\n"
        f"    assert door.__file__.startswith({str(installed)!r}), door\n"
        "    for public in door.__all__:\n"
        "        getattr(door, public)\n"
        "print(tfmixup.models.vgg16(3, (8, 8, 1), width=2).output_shape)\n"
    )
    # With -I neither the folder nor PYTHONPATH leads to the checkout.
    printed = python("-I", "-c", code, cwd=tmp_path)
    assert printed.split("\n")[-2] == "(None, 3)"


def test_the_wheel_brings_the_plugin_to_tensorboard(installed):
    [found] = importlib.metadata.distributions(path=[str(installed)])
    [point] = found.entry_points.select(group="tensorboard_plugins")
    assert point.name == "calibration"
    assert point.value == "tfmixup.tensorboard.loader:CalibrationLoader"
    static = installed / "tfmixup" / "tensorboard" / "static"
    assert (static / "index.js").is_file() and (static / "style.css").is_file()
