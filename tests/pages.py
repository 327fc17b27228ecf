"""The pages of the project: its Markdown files that people write."""

import pathlib
import re

ROOT = pathlib.Path(__file__).parents[1]
_RESULTS = ROOT / "experiments" / "results"


def _is_generated(path):
    """Whether a study wrote a page: figure2.md, table1.md."""
    return _RESULTS in path.parents and path.name != "README.md"


def _found():
    paths = list(ROOT.glob("*.md"))
    for folder in ("tfmixup", "experiments", "tests", "tools"):
        paths += (ROOT / folder).rglob("*.md")
    return sorted(paths)


GENERATED = [str(p.relative_to(ROOT)) for p in _found() if _is_generated(p)]
PAGES = [str(p.relative_to(ROOT)) for p in _found() if not _is_generated(p)]


def text_of(page):
    """The text of a page.

    Args:
        page: str, the path of the page below the top level.
    """
    return (ROOT / page).read_text(encoding="utf-8")


def python_blocks(page):
    """The blocks of Python in a page, in their order."""
    return re.findall(r"```python\n(.*?)```", text_of(page), re.DOTALL)


def commands(page):
    """The lines of the other code blocks, continued lines joined."""
    blocks = re.findall(r"```\n(.*?)```", _without_python(page), re.DOTALL)
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(blocks))
    return joined.splitlines()


def spans(page):
    """What stands between single backquotes, a line break as a space."""
    prose = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    return [" ".join(span.split()) for span in re.findall("`([^`]+)`", prose)]


def _without_python(page):
    return re.sub(r"```python\n.*?```", "", text_of(page), flags=re.DOTALL)
