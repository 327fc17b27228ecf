"""Pages can be read in a terminal, and what they point to is there."""

import importlib
import importlib.util
import itertools
import os
import re

import pytest

from experiments import run_settings
from tests import pages

LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)
# Folders that a program makes where it runs.
MADE = ("logs", "runs")


def test_the_pages_are_found():
    assert {"README.md", "BUILD_NOTES.md"} < set(pages.PAGES)
    assert "experiments/results/cpu/figure2.md" in pages.GENERATED
    assert "experiments/results/README.md" in pages.PAGES


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_line_has_at_most_100_columns(page):
    lines = pages.text_of(page).splitlines()
    assert [line for line in lines if len(line) > 100] == []


def test_the_front_page_has_at_most_150_lines():
    assert len(pages.text_of("README.md").splitlines()) <= 150


def test_the_front_page_lists_the_public_names():
    text = pages.text_of("README.md").partition("The public names")[2]
    listed = {}
    for item in text.partition("\n## ")[0].split("\n- ")[1:]:
        package, _, names = item.partition("`** (")
        names = re.findall(r"`(\w+)`", names.rpartition("): ")[2])
        listed[package.strip("*`")] = sorted(names)
    packages = importlib.import_module("tfmixup").__all__
    assert listed == {
        name: sorted(importlib.import_module(f"tfmixup.{name}").__all__)
        for name in packages
    }


def anchors_of(page):
    """The names that GitHub gives to the headings of a page."""
    text = re.sub(r"```.*?```", "", pages.text_of(page), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return [
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    ]


def broken_links(page):
    """The relative links of a page that lead to no file or no heading."""
    broken = []
    for link in itertools.chain(*LINK.findall(pages.text_of(page))):
        if not link or re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = pages.ROOT / page
        if path:
            target = target.parent / path
        if not target.exists():
            broken.append(link)
        elif anchor and anchor not in anchors_of(
            os.path.relpath(target, pages.ROOT)
        ):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", [*pages.PAGES, *pages.GENERATED])
def test_a_relative_link_leads_to_what_is_there(page):
    assert broken_links(page) == []


def test_a_broken_link_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    (tmp_path / "b.md").write_text("# One, two\n", encoding="utf-8")
    (tmp_path / "a.md").write_text(
        "[x](b.md) [x](b.md#one-two) [x](https://a.org/b.md) [x][y]\n"
        "[x](c.md) ![x](c.png) [x](b.md#two) [x](#here)\n\n[y]: d.md\n",
        encoding="utf-8",
    )
    expected = ["c.md", "c.png", "b.md#two", "#here", "d.md"]
    assert broken_links("a.md") == expected


def expanded(text):
    """Words of a shell with their braces expanded: a{b,c} is ab and ac."""
    match = re.search(r"\{([^{}]*,[^{}]*)\}", text)
    if not match:
        return [text]
    return [
        word
        for part in match.group(1).split(",")
        for word in expanded(text[: match.start()] + part + text[match.end() :])
    ]


def words_of(page):
    """The words of the commands and of the code in the text of a page."""
    lines = [*pages.commands(page), *pages.spans(page)]
    return [
        word.removeprefix("--flagfile=")
        for line in lines
        for each in line.split()
        for word in expanded(each)
    ]


def is_there(path):
    """Whether a path in a page exists; one of a test may leave out _test."""
    root = pages.ROOT
    return any(
        place.exists()
        for place in (
            root / path,
            root / "tests" / f"{path}_test.py",
        )
    )


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_path_in_a_page_exists(page):
    paths = {
        word.rstrip(".,:")
        for word in words_of(page)
        if re.fullmatch(r"[a-z_]+(/[a-z][\w.]*)+[.,:]?", word)
    }
    missing = [
        path
        for path in sorted(paths)
        if path.partition("/")[0] not in MADE and not is_there(path)
    ]
    assert missing == []


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_module_that_a_page_runs_exists(page):
    text = " ".join(pages.text_of(page).split())
    for name in set(re.findall(r"python -m (\w+(?:\.\w+)*)", text)):
        assert importlib.util.find_spec(name), name


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_run_in_a_page_has_flags_that_a_run_takes(page, monkeypatch):
    monkeypatch.chdir(pages.ROOT)
    for line in pages.commands(page):
        match = re.match(r"python -m experiments\.run (.*)", line)
        if not match or "--helpshort" in line:
            continue
        arguments = [
            expanded(word)[0]
            for word in match.group(1).split()
            if not word.endswith("=...")
        ]
        run_settings.parse(arguments)
