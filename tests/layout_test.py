"""Tests of the house: where things are."""

import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[1]
SOURCES = sorted(
    path.relative_to(ROOT)
    for folder in ("tfmixup", "experiments")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
)
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "BUILD_NOTES.md",
    "README.md",
    "experiments",
    "pyproject.toml",
    "setup.cfg",
    "tests",
    "tfmixup",
    "tools",
}


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_every_source_file_has_a_test_file(path):
    below = path.relative_to(path.parts[0])
    if path.parts[0] == "experiments":
        below = path
    expected = ROOT / "tests" / below.with_name(f"{path.stem}_test.py")
    assert expected.exists(), f"{path} wants {expected.relative_to(ROOT)}"


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_file_holds_one_concept(path):
    assert len((ROOT / path).read_text().splitlines()) <= 400


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if p.parts[0] == "tfmixup"], ids=str
)
def test_the_library_reads_no_flags_and_knows_no_experiments(path):
    text = (ROOT / path).read_text()
    assert "from absl import flags" not in text
    assert "import experiments" not in text
    assert "from experiments" not in text


def test_the_top_level_is_as_agreed():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    import subprocess

    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    ).stdout.split()
    assert set(listed) <= TOP_LEVEL
