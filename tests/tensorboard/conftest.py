"""A TensorBoard and a browser for the tests of this folder."""

import shutil

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# Offline, and in a container.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(playwright):
    """Starts Debian's Chromium.

    Args:
        playwright: `playwright.sync_api.Playwright`.

    Returns:
        `playwright.sync_api.Browser`; None where there is no Chromium.
    """
    found = [path for path in map(shutil.which, CHROMIUM) if path]
    if not found:
        return None
    return playwright.chromium.launch(
        executable_path=found[0], args=list(FLAGS)
    )


@pytest.fixture(scope="session")
def browser():
    """Chromium by Playwright; the test is skipped where either is missing."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs: pip install playwright"
    )
    with playwright.sync_playwright() as running:
        one = launch(running)
        if one is None:
            pytest.skip("needs: apt-get install chromium")
        yield one
        one.close()
