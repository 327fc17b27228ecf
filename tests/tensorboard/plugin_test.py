"""The server side, asked over WSGI as TensorBoard asks it."""

import argparse
import csv
import io
import pathlib
import sys

import numpy as np
import pytest
import werkzeug.test
from tensorboard.backend import application

import tfmixup.tensorboard
from tests.tensorboard.fake_provider import FakeProvider
from tests.tensorboard.fake_provider import table
from tfmixup.tensorboard import plugin as plugin_lib
from tfmixup.tensorboard.loader import CalibrationLoader
from tfmixup.tensorboard.reader import payload

STATIC = pathlib.Path(tfmixup.tensorboard.__file__).parent / "static"


def client(provider, prefix="", samples=None):
    flags = argparse.Namespace(
        logdir="/logs",
        path_prefix=prefix,
        samples_per_plugin=samples or {},
        window_title="",
    )
    app = application.TensorBoardWSGIApp(
        flags, [CalibrationLoader()], data_provider=provider
    )
    served = werkzeug.test.Client(app)
    root = f"{prefix}/data/plugin/calibration"
    return lambda path, **options: served.get(root + path, **options)


@pytest.fixture
def provider():
    tensors = {
        ("run a", "v"): [(0, table(1)), (1, table(2))],
        ("<script>b", "v"): [(1, table(3)), (2, np.zeros([3, 15]))],
        ("run a", "other"): [(0, table(4))],
    }
    return FakeProvider(tensors, scalars={("run a", "v/nll"): [(1, 0.5)]})


def test_the_index_lists_series(provider):
    answer = client(provider)("/index").json
    assert [(one["run"], one["tag"]) for one in answer["series"]] == [
        ("<script>b", "v"),
        ("run a", "other"),
        ("run a", "v"),
    ]
    assert answer["skipped"] == []
    assert answer["steps_kept"] == 1000


def test_an_empty_log_directory_is_an_empty_index():
    answer = client(FakeProvider({}))("/index")
    assert answer.status_code == 200
    assert answer.json["series"] == []


def test_bins_of_the_runs_asked_for(provider):
    answer = client(provider)("/bins?tag=v&run=run+a&run=%3Cscript%3Eb")
    header = payload.unpack(answer.data)
    one, other = header["series"]
    assert (one["run"], one["steps"]) == ("<script>b", [1])
    assert (other["run"], other["steps"]) == ("run a", [0, 1])
    np.testing.assert_array_equal(other["tables"][1], table(2))
    assert other["nll"] == [[1, 0.5]]
    assert header["num_skipped"] == 1
    assert header["skipped"][0]["step"] == 2


def test_runs_without_the_tag_are_no_error(provider):
    answer = client(provider)("/bins?tag=other&run=run+a&run=%3Cscript%3Eb")
    [one] = payload.unpack(answer.data)["series"]
    assert one["run"] == "run a"


@pytest.mark.parametrize("route", ["/bins", "/csv"])
@pytest.mark.parametrize(
    "query, code, reason",
    [
        ("", 400, "must name one tag"),
        ("?tag=v", 400, "0 runs"),
        ("?run=run+a", 400, "0 tags"),
        ("?tag=v&tag=w&run=run+a", 400, "2 tags"),
        ("?tag=v" + "&run=a" * (plugin_lib.MAX_RUNS + 1), 400, "501 runs"),
        ("?tag=v&run=nobody", 404, "No run of the query"),
        ("?tag=nothing&run=run+a", 404, "No run of the query"),
        ("?tag=v&run=../../etc", 404, "No run of the query"),
        ("?tag=v&run=%00%ff", 404, "No run of the query"),
    ],
)
def test_a_bad_query_is_answered_with_the_reason(
    provider, route, query, code, reason
):
    answer = client(provider)(route + query)
    assert answer.status_code == code
    assert reason in answer.text
    # The query is not sent back: it could be a script.
    assert answer.content_type.startswith("text/plain")


def test_csv_is_a_download_of_the_same_bins(provider):
    answer = client(provider)("/csv?tag=v&run=run+a")
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    last = [float(one["correct_sum"]) for one in lines[15:]]
    np.testing.assert_array_equal(last, table(2)[4])


def test_a_name_that_is_no_utf8_does_not_break_the_csv():
    # What the name of a folder becomes whose bytes are no UTF-8.
    run = b"caf\xe9".decode("utf-8", "surrogateescape")
    tensors = {(run, "v"): [(0, table())], ("ok", "v"): [(0, table())]}
    asks = client(FakeProvider(tensors))
    assert len(asks("/index").json["series"]) == 2
    assert asks("/csv?tag=v&run=ok").status_code == 200


def test_all_files_of_the_front_end_are_served(provider):
    asks = client(provider)
    names = [file.name for file in STATIC.iterdir()]
    assert "index.js" in names
    for name in names:
        answer = asks(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.data == (STATIC / name).read_bytes()
        kind = "text/css" if name.endswith("css") else "application/javascript"
        assert answer.content_type.startswith(kind)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "missing.js",
        "",
        "../plugin.py",
        "..%2fplugin.py",
        "%2e%2e/%2e%2e/__init__.py",
        "static/index.js/../../plugin.py",
        "/etc/passwd",
        "index.js%00",
    ],
)
def test_no_other_file_is_served(provider, name):
    assert client(provider)(f"/static/{name}").status_code == 404


def test_it_works_behind_a_path_prefix(provider):
    asks = client(provider, prefix="/deep/down")
    assert asks("/index").status_code == 200
    assert asks("/static/index.js").status_code == 200


@pytest.mark.parametrize("asked, limit", [(5000, 5000), (0, 10**6)])
def test_the_samples_flag_is_obeyed(provider, asked, limit):
    client(provider, samples={"calibration": asked})("/bins?tag=v&run=run+a")
    assert provider.downsample == limit


def test_all_files_together_ask_nobody_else():
    # Everything comes from this server: no address of another is in a file.
    for file in STATIC.iterdir():
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text, file.name
        for word in ("innerHTML", "outerHTML", "insertAdjacent", "eval("):
            assert word not in text, file.name


def test_tensorboard_starts_without_a_plugin_that_fails(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "tfmixup.tensorboard.plugin", None)
    monkeypatch.delattr(tfmixup.tensorboard, "plugin")
    answer = client(FakeProvider({}))("/index")
    assert answer.status_code == 404
    assert "Failed to load plugin CalibrationLoader.load" in caplog.text
