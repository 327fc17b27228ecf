"""Tests of the house: where things are."""

import ast
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[1]
SOURCES = sorted(
    path.relative_to(ROOT)
    for folder in ("tfmixup", "experiments")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
)
SCRIPTS = sorted(
    path.relative_to(ROOT)
    for path in (ROOT / "tools").iterdir()
    if path.is_file() and b"python" in path.read_bytes().partition(b"\n")[0]
)
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "BUILD_NOTES.md",
    "LICENSE",
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
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= 400


def test_a_folder_can_be_read_at_a_glance():
    for top in ("experiments", "tests/experiments"):
        for folder in [ROOT / top, *(ROOT / top).rglob("*/")]:
            if not {"results", "__pycache__"} & set(folder.parts):
                entries = {path.name for path in folder.iterdir()}
                assert len(entries - {"__pycache__"}) <= 28, folder


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if p.parts[0] == "tfmixup"], ids=str
)
def test_the_library_reads_no_flags_and_knows_no_experiments(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert "from absl import flags" not in text
    assert "import experiments" not in text
    assert "from experiments" not in text


def written(arguments):
    """The source of arguments."""
    return ", ".join(map(ast.unparse, arguments))


def opens_text(call):
    """Whether a call opens a file or a pipe as text."""
    options = {k.arg: ast.unparse(k.value) for k in call.keywords}
    if "text" in options or "universal_newlines" in options:
        return True  # Of subprocess.
    name = ast.unparse(call.func)
    if name.endswith((".read_text", ".write_text")):
        return True
    if name in ("open", "io.open"):  # The path comes first.
        return "b" not in options.get("mode", written(call.args[1:2]))
    if name.endswith(("NamedTemporaryFile", "TemporaryFile")):
        return "b" not in options.get("mode", written(call.args[:1]) or "b")
    # Of a path: `.open()` or `.open("w")`. Others open something else.
    mode = options.get("mode", written(call.args[:1]))
    return name.endswith(".open") and re.fullmatch(
        "(['\"][rwaxt+]+['\"])?", mode
    )


def unencoded(source):
    """The lines of a source that open text and do not say in which encoding."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and opens_text(node)
        and "encoding" not in [k.arg for k in node.keywords]
    ]


@pytest.mark.parametrize("path", [*SOURCES, *SCRIPTS], ids=str)
def test_text_is_opened_as_utf8_on_every_machine(path):
    assert unencoded((ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "open(path)",
        "open(path, 'w')",
        "open(path, mode='r+')",
        "path.open()",
        "path.open('a')",
        "path.parent.read_text()",
        "(path / 'a').write_text(text)",
        "NamedTemporaryFile('w')",
        "subprocess.run(command, text=True)",
    ],
)
def test_every_way_to_open_text_is_noticed(source):
    assert unencoded(source) == [1]
    assert (
        unencoded(f"{source[:-1]}, encoding='utf-8')".replace("(,", "(")) == []
    )


@pytest.mark.parametrize(
    "source",
    [
        "open(path, 'rb')",
        "open(path, mode='wb')",
        "path.open('r+b')",
        "Image.open(file)",
        "source.open(['train'], size)",
        "tempfile.TemporaryFile(dir=path)",
        "subprocess.run(command, check=True)",
    ],
)
def test_bytes_have_no_encoding(source):
    assert unencoded(source) == []


def test_the_top_level_is_as_agreed():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
    ).stdout.split()
    assert set(listed) <= TOP_LEVEL
