"""The page in a real browser, around it a real TensorBoard."""

import csv
import io
import re
import types

import numpy as np
import pytest

from tests.tensorboard import logs
from tests.tensorboard import server
from tests.tensorboard.page import opened
from tests.tensorboard.page import runs_key
from tfmixup.metrics import scores

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
BASE, MIXUP = "baseline/validation", "mixup/validation"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Three runs, and what was written."""
    folder = tmp_path_factory.mktemp("site")
    logdir = folder / "logs"
    written = {
        BASE: logs.write_run(logdir / BASE, 0, 1.0, range(0, 100, 10)),
        MIXUP: logs.write_run(logdir / MIXUP, 1, 0.1, range(0, 100, 10)),
        "late": logs.write_run(logdir / "late", 2, 0.5, range(5, 50, 15)),
    }
    logs.write_winning_scores(logdir / MIXUP, 3, range(0, 100, 10))
    last = '"run": "mixup/validation", "tag": "validation"'
    running = server.tensorboard(logdir, folder / "path", wait=last)
    with running as address:
        yield types.SimpleNamespace(address=address, written=written)


def assert_shown(page, bins):
    """The table of bins has the numbers of `bins`, to the last digit."""
    shown = np.array([row[1:] for row in page.bins()])
    np.testing.assert_array_equal(shown, np.stack(bins, axis=1))


def runs_in(page):
    return page.find("#scores th[scope=row] .plain").all_inner_texts()


def test_the_bins_shown_are_those_written_at_every_step(browser, site):
    with opened(browser, site.address, {"focus": BASE}) as page:
        page.wait("#reliability .bin")
        steps = sorted({s for run in site.written.values() for s in run})
        assert page.find("#step").get_attribute("max") == str(len(steps) - 1)
        for place, step in enumerate(steps):
            page.seek(place)
            page.wait(f".step:text-is('Step {step}')")
            at = max(one for one in site.written[BASE] if one <= step)
            page.wait(f"#bins caption:text-is('Bins of {BASE} at step {at}')")
            assert_shown(page, site.written[BASE][at])


def test_the_scores_shown_are_those_of_the_library(browser, site):
    with opened(browser, site.address, {"focus": MIXUP}) as page:
        page.wait("#scores tr.focus")
        cells = page.find("#scores tr.focus td").all_inner_texts()
    bins = site.written[MIXUP][90]
    expected = [
        scores.accuracy(bins),
        scores.mean_confidence(bins),
        scores.confidence_gap(bins),
        scores.expected_calibration_error(bins),
        scores.overconfidence_error(bins),
    ]
    shown = [float(text.replace("−", "-")) for text in cells[2:7]]
    # Three digits after the point are shown.
    np.testing.assert_allclose(shown, expected, atol=0.5e-3 + 1e-9)
    assert cells[:2] == ["90", "5000"]


def test_runs_are_chosen_filtered_and_pinned(browser, site):
    with opened(browser, site.address) as page:
        page.wait("#scores tbody tr:nth-child(3)")
        page.find(f"aside label:has-text('{BASE}') input").uncheck()
        page.find(f"#scores tbody:not(:has-text('{BASE}'))").wait_for()
        assert runs_in(page) == ["late", MIXUP]
        page.find("aside button:text-is('None')").click()
        page.wait("text=No run is chosen")
        page.find("input[type=search]").fill("VALID")
        page.find("aside button:text-is('All')").click()
        page.wait("#reliability .bin")
        assert runs_in(page) == [BASE, MIXUP]
        assert page.find("#difference").is_hidden()
        page.find(f"button[aria-label='Baseline: {BASE}']").click()
        page.find(f"#scores button.plain:text-is('{MIXUP}')").click()
        page.wait("#difference svg")
        row = page.find("#scores tr.focus")
        difference = scores.expected_calibration_error(
            site.written[MIXUP][90]
        ) - scores.expected_calibration_error(site.written[BASE][90])
        shown = row.locator("td:nth-child(7) small").inner_text()
        assert float(shown.replace("−", "-")) == pytest.approx(
            difference, abs=0.5e-3 + 1e-9
        )


def test_hovering_shows_exact_counts(browser, site):
    with opened(browser, site.address, {"focus": BASE}) as page:
        page.settle()
        area = page.find("#reliability svg").bounding_box()
        # Units of the drawing: the plot is 46 to 428 of 440.
        x = 46 + (428 - 46) * 14.5 / 15
        page.tab.mouse.move(
            area["x"] + area["width"] * x / 440, area["y"] + area["height"] / 2
        )
        tip = page.wait(".tooltip:not([hidden])").inner_text()
        bins = site.written[BASE][90]
        assert f"{int(bins.count[14])} (" in tip
        assert repr(bins.confidence[14].item()) in tip
        assert str(int(bins.correct[14])) in tip
        page.tab.mouse.move(0, 0)
        page.find(".tooltip").wait_for(state="hidden")


def test_a_click_on_a_curve_goes_to_the_step(browser, site):
    with opened(browser, site.address) as page:
        page.settle()
        area = page.find("#curve-ece svg").bounding_box()
        x = 46 + (318 - 46) * 30 / 90
        position = {"x": area["width"] * x / 330, "y": area["height"] / 2}
        page.find("#curve-ece svg").click(position=position)
        page.wait(".step:text-is('Step 30')")


def test_it_plays_to_the_end(browser, site):
    with opened(browser, site.address) as page:
        page.wait("#reliability .bin")
        page.seek(9)
        page.find("button.play").click()
        page.wait("button.play:has-text('Pause')")
        page.wait(".step:text-is('Step 90')")
        page.wait("button.play:has-text('Play')")


def test_the_keyboard_does_all_of_it(browser, site):
    with opened(browser, site.address, {"focus": BASE}) as page:
        page.wait("#reliability .bin")
        page.find("#step").focus()
        page.tab.keyboard.press("Home")
        page.wait(".step:text-is('Step 0')")
        value = page.find("#step").get_attribute("aria-valuetext")
        assert value == "step 0"
        page.find("#reliability svg").focus()
        page.tab.keyboard.press("ArrowRight")
        tip = page.wait(".tooltip:not([hidden])").inner_text()
        assert "0.0667]" in tip
        page.tab.keyboard.press("ArrowLeft")
        page.tab.keyboard.press("Escape")
        page.find(".tooltip").wait_for(state="hidden")
        # The diagram is drawn again, and stays in focus.
        page.seek(3)
        page.wait(".step:text-is('Step 20')")
        active = page.frame.evaluate("document.activeElement.ariaLabel")
        assert active.startswith("Reliability diagram")


def test_everything_has_a_name_for_screen_readers(browser, site):
    with opened(browser, site.address, {"baseline": BASE}) as page:
        page.wait("#reliability .bin")
        nameless = page.frame.evaluate(
            """() => [...document.querySelectorAll(
                 "button, input, select, a, svg.plot")]
               .filter(one => !(one.ariaLabel || one.textContent.trim()
                                || one.labels?.length))
               .map(one => one.outerHTML)"""
        )
        assert nameless == []
        assert page.find("table caption").count() == 2


def test_a_deep_link_keeps_the_state(browser, site):
    state = {
        "tag": "validation",
        "focus": MIXUP,
        "baseline": BASE,
        "runs": runs_key(BASE, MIXUP),
        "step": "30",
        "measure": "density",
    }
    with opened(browser, site.address, state) as page:
        page.wait(".step:text-is('Step 30')")
        page.wait("#difference svg")
        assert runs_in(page) == [BASE, MIXUP]
        assert_shown(page, site.written[MIXUP][30])
        page.wait("button:text-is('Show shares')")
        page.seek(1)
        page.tab.wait_for_url(re.compile(r"step=10(&|$)"))
        link = page.tab.url
        page.tab.reload()
        page.wait(".step:text-is('Step 10')")
        assert runs_in(page) == [BASE, MIXUP]
        assert page.tab.url == link
        # Another link, pasted into the address, and a broken one.
        page.go({**state, "step": "50"})
        page.wait(".step:text-is('Step 50')")
        broken = {**state, "runs": "[", "step": "x", "focus": "<b>"}
        page.go(broken)
        page.wait(".step:text-is('Step 90')")


def test_switching_tabs_of_tensorboard_keeps_the_link(browser, site):
    with opened(browser, site.address, {"step": "20"}) as page:
        page.wait(".step:text-is('Step 20')")
        page.seek(0)
        page.tab.wait_for_url(re.compile("step=0"))
        page.tab.locator("text=Scalars").first.click()
        page.tab.wait_for_url(re.compile("#scalars"))
        page.tab.locator("text=Calibration").first.click()
        page.tab.wait_for_url(re.compile("#calibration"))
        assert "p.calibration.step=0" in page.tab.url
        page.wait(".step:text-is('Step 0')")


def test_downloads_have_what_is_shown(browser, site, tmp_path):
    link = {"runs": runs_key(BASE), "step": "30"}
    with opened(browser, site.address, link) as page:
        page.wait("#reliability .bin")

        def saved(selector):
            with page.tab.expect_download() as caught:
                page.find(selector).click()
            path = tmp_path / caught.value.suggested_filename
            caught.value.save_as(path)
            return path

        path = saved(".toolbar a")
        lines = list(csv.DictReader(io.StringIO(path.read_text())))
        sums = [
            [float(line[name]) for line in lines if line["step"] == "30"]
            for name in ("count", "confidence_sum", "correct_sum")
        ]
        np.testing.assert_array_equal(sums, np.stack(site.written[BASE][30]))
        drawn = saved("#reliability button:text-is('SVG')").read_text()
        assert "<svg" in drawn and "var(" not in drawn
        png = saved("#reliability button:text-is('PNG')")
        assert png.name == "reliability.png"
        from PIL import Image

        with Image.open(png) as image:
            assert image.size == (1320, 1200)
            assert len(image.convert("RGB").getcolors(1 << 20)) > 20


def test_winning_scores_in_and_out_of_distribution(browser, site):
    with opened(browser, site.address, {"focus": MIXUP}) as page:
        text = page.wait("#winning-scores .legend").inner_text()
        assert "svhn, out of distribution" in text
        assert "AUROC 0.9" in text
        page.find(f"#scores button.plain:text-is('{BASE}')").click()
        page.find("#winning-scores").wait_for(state="hidden")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_as_light_or_dark_as_tensorboard(browser, site, theme):
    with opened(browser, site.address, color_scheme=theme) as page:
        page.wait("#reliability .bin")
        shown = page.frame.evaluate("document.documentElement.dataset.theme")
        assert shown == theme


def test_a_narrow_window_has_no_sideways_scrolling(browser, site):
    viewport = {"width": 380, "height": 800}
    with opened(browser, site.address, viewport=viewport) as page:
        page.wait("#reliability .bin")
        wide, seen = page.frame.evaluate(
            "[document.documentElement.scrollWidth, innerWidth]"
        )
        assert wide <= seen


def test_an_empty_log_directory_says_what_to_do(browser, tmp_path):
    logdir = tmp_path / "logs"
    logdir.mkdir()
    running = server.tensorboard(logdir, tmp_path / "site")
    with running as address, opened(browser, address) as page:
        text = page.wait("section.message").inner_text()
        assert "No calibration data yet" in text
        assert "summary.calibration(" in text
        assert "--logdir" in text
        # The page fills when there is some, with nothing pressed.
        logs.write_run(logdir / "run", 0, 1.0, range(3))
        page.wait("#reliability .bin")


def test_a_server_that_is_gone_is_said(browser, tmp_path):
    logs.write_run(tmp_path / "logs" / "run", 0, 1.0, range(3))
    running = server.tensorboard(
        tmp_path / "logs", tmp_path / "site", wait='"run"'
    )
    with running as address, opened(browser, address) as page:
        page.wait("#reliability .bin")
        page.tab.route("**/calibration/index", lambda route: route.abort())
        page.reload()
        assert "Is it still running" in page.wait("[role=alert]").inner_text()
        page.tab.unroute("**/calibration/index")
        page.find("button:text-is('Try again')").click()
        page.wait("#reliability .bin")


def test_a_hostile_log_executes_nothing_and_is_explained(browser, tmp_path):
    written = logs.write_hostile_logs(tmp_path / "logs")
    running = server.tensorboard(
        tmp_path / "logs", tmp_path / "site", prefix="/x", wait='"sound"'
    )
    link = {"runs": "*", "focus": "sound", "step": "2"}
    with running as address, opened(browser, address, link) as page:
        page.wait("aside li:nth-child(6)")
        page.wait("#reliability .bin")
        assert_shown(page, written[2])
        names = page.find("aside li").all_inner_texts()
        assert logs.SCRIPT.replace("/", "\\") in names
        page.wait(".note summary:has-text('left out')")
        page.find(".note summary").click()
        notes = page.find(".note").inner_text()
        for reason in ("NaN", "shape", "float64", "version 99", "no JSON"):
            assert reason in notes
        page.find("#tag").select_option(logs.IMAGE)
        page.wait("#scores tbody tr:only-child")
        assert page.frame.evaluate("window.executed") is None
        assert page.tab.evaluate("window.executed") is None
