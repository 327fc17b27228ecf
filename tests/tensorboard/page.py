"""The plugin's page as a user sees it, and what a user does with it."""

import contextlib
import json
import urllib.parse


@contextlib.contextmanager
def opened(browser, address, state=None, **options):
    """Opens TensorBoard at the calibration plugin.

    Args:
        browser: of Playwright.
        address: str, of the plugin's server side.
        state: dict of the keys of a deep link; None for none.
        **options: of the browser context, such as `viewport`.

    Yields:
        `Page`.

    Raises:
        AssertionError: if a script failed, a dialog opened, or anything but
            the server was asked for something.
    """
    context = browser.new_context(**options)
    page = Page(context.new_page(), address)
    page.go(state or {})
    try:
        yield page
    finally:
        context.close()
    assert not page.troubles, page.troubles


class Page:
    """One tab of the browser.

    Args:
        tab: `playwright.sync_api.Page`.
        address: str, of the plugin's server side.
    """

    def __init__(self, tab, address):
        self.tab = tab
        self.root = address.split("/data/plugin")[0]
        self.origin = "/".join(address.split("/")[:3])
        self.troubles = []
        tab.on("pageerror", lambda error: self.troubles.append(str(error)))
        tab.on("dialog", self._refuse)
        tab.on("request", self._watch)
        self.inside = tab.frame_locator("iframe[src*='name=calibration']")

    def go(self, state):
        """Opens a deep link."""
        keys = [
            f"&p.calibration.{name}={urllib.parse.quote(value, safe='')}"
            for name, value in state.items()
        ]
        self.tab.goto(f"{self.root}/#calibration{''.join(keys)}")

    def find(self, selector):
        """Elements of the plugin's page."""
        return self.inside.locator(selector)

    def wait(self, selector):
        """Waits until an element is seen; returns it."""
        found = self.find(selector).first
        found.wait_for(timeout=20000)
        return found

    def settle(self):
        """Waits until all that is chosen has been read and drawn."""
        self.wait("#reliability .bin")
        self.wait("main[aria-busy=false]")

    @property
    def frame(self):
        """The frame of the plugin, to run scripts in."""
        [found] = [
            one for one in self.tab.frames if "name=calibration" in one.url
        ]
        return found

    def seek(self, place):
        """Moves the slider to a place (not a step)."""
        self.find("#step").evaluate(
            "(range, place) => { range.value = place;"
            " range.dispatchEvent(new Event('input')); }",
            place,
        )

    def reload(self):
        """Presses TensorBoard's own reload button."""
        self.tab.locator("button.reload-button").click()

    def bins(self):
        """The table of bins as (interval, count, confidence, correct)."""
        self.wait("#bins tbody tr")
        rows = self.find("#bins tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(c => c.textContent))"
        )
        return [(row[0], *map(float, row[1:4])) for row in rows]

    def _refuse(self, dialog):
        self.troubles.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _watch(self, request):
        # Not `root`: TensorBoard's own fonts ignore --path_prefix.
        local = (self.origin, "blob:", "data:", "about:")
        if not request.url.startswith(local):
            self.troubles.append(f"request {request.url}")


def runs_key(*runs):
    """The value of the key `runs` of a deep link."""
    return json.dumps(list(runs))
