"""Tests of experiments.study: every figure and table, end to end."""

import json
import pathlib
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from PIL import Image

ROOT = pathlib.Path(__file__).parents[2]


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "experiments.study", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # What runs in the background of a script ignores SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def study(*arguments, timeout=500):
    process = start(*arguments)
    output, errors = process.communicate(timeout=timeout)
    return process.returncode, output, errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give either --figure or --table"),
        (["--figure=2", "--table=2"], "give either"),
        (["--figure=77"], "no study figure77"),
        (["--figure=2", "--seeds=0,x"], "--seeds must be"),
        (["--figure=2", "--seeds=1,1"], "--seeds must be"),
        (["--figure=2", "--data=cifar10"], "NAME=FOLDER"),
        (["--figure=2", "--data=cifar10=/no/such"], "does not exist"),
        (["--figure=2", "--alpha=0.3"], "Unknown command line flag 'alpha'"),
        (
            ["--figure=4", "--scale=smoke", f"--data=glvoe={__file__}"],
            "These are read: glove, imdb_reviews, mr, trec.",
        ),
        (["--figure=5", f"--data=mr={__file__}"], "These are read: none."),
    ],
)
def test_wrong_flags_are_one_line(arguments, said):
    status, output, errors = study(*arguments)
    assert status == 1 and said in errors and "Traceback" not in errors
    assert len(errors.splitlines()) == 1 and not output


def check_pictures(folder, name, count):
    pictures = sorted(folder.glob(f"{name}_*.png"))
    assert len(pictures) == count
    for path in pictures:
        assert path.with_suffix(".svg").stat().st_size > 1000
        with Image.open(path) as picture:
            colors = picture.convert("RGB").getcolors(2**24)
            assert min(picture.size) > 300 and len(colors) > 10


def test_figure_5_needs_no_runs(tmp_path):
    status, output, _ = study("--figure=5", f"--results={tmp_path}")
    assert status == 0 and "figure5_entropy.png" in output
    check_pictures(tmp_path / "full", "figure5", 1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("study")
    return [f"--runs_root={root / 'runs'}", f"--results={root / 'results'}"]


def results_of(folders):
    return pathlib.Path(folders[1].partition("=")[2]) / "smoke"


@pytest.mark.parametrize(
    ("name", "pictures", "lines"),
    [
        ("figure1", 1, 2),
        ("figure2", 3, 9),
        ("figure6", 1, 3),
        ("figure7", 1, 2),
        ("figure9", 1, 2),
    ],
)
@pytest.mark.slow
def test_a_figure_end_to_end(name, pictures, lines, folders, fashion_mnist):
    status, output, errors = study(
        f"--figure={name.removeprefix('figure')}",
        "--scale=smoke",
        "--jobs=2",
        "--seeds=0,1",
        f"--data=fashion_mnist={fashion_mnist}",
        *folders,
    )
    assert status == 0, errors
    folder = results_of(folders)
    check_pictures(folder, name, pictures)
    page = (folder / f"{name}.md").read_text()
    assert page in output and "smoke scale: 2 epochs, 64 training" in page
    table = pd.read_csv(folder / f"{name}.csv")
    assert len(table) == lines and (table["seeds"] == 2).all()
    assert table["ece_15"].between(0, 1).all()


@pytest.mark.slow
def test_table_2_stands_beside_the_paper(folders, cifar10):
    arguments = [
        "--table=2",
        "--scale=smoke",
        "--jobs=2",
        f"--data=cifar10={cifar10}",
        *folders,
    ]
    status, plan, errors = study(*arguments, "--dry_run")
    assert status == 0 and "5 runs, 0 finished" in plan
    status, _, errors = study(*arguments)
    assert status == 0, errors
    paper = pd.read_csv(results_of(folders) / "table2_paper.csv")
    assert len(paper) == 20
    assert set(paper["verdict"]) == {"not run at this scale"}
    status, plan, errors = study(*arguments, "--dry_run")
    assert status == 0 and "5 runs, 5 finished" in plan


@pytest.mark.slow
def test_figure_4_end_to_end(folders, sentences):
    data = [f"--data={name}={path}" for name, path in sentences.items()]
    status, _, errors = study(
        "--figure=4", "--scale=smoke", "--jobs=2", *data, *folders
    )
    assert status == 0, errors
    check_pictures(results_of(folders), "figure4", 1)
    table = pd.read_csv(results_of(folders) / "figure4.csv")
    assert len(table) == 6 and table["ece_15"].between(0, 1).all()
    runs = results_of(folders).parents[1] / "runs" / "smoke"
    paths = list(runs.glob("*sentence_cnn*/settings.json"))
    settings = [json.loads(path.read_text()) for path in paths]
    assert [each["glove"] for each in settings] == ["glove.6B.8d.txt"] * 6


def test_a_page_of_what_is_there(sentences, tmp_path):
    arguments = [
        "--figure=4",
        "--scale=smoke",
        "--jobs=2",
        "--only=MR,trec",
        f"--data=mr={sentences['mr']}",
        f"--data=glove={sentences['glove']}",
        f"--runs_root={tmp_path / 'runs'}",
        f"--results={tmp_path}",
    ]
    # TREC is not there, which is said before the first run.
    status, output, errors = study(*arguments)
    assert status == 1 and "2 of 4 runs are missing" in errors
    assert output.index("trec: not there") < output.index("[1/2]")
    page = (tmp_path / "smoke" / "figure4.md").read_text()
    assert page in output
    missing = page.partition("## Missing")[2]
    assert "- TREC, sentence CNN: mixup, seed 0: not run." in missing
    assert "- IMDB, sentence CNN: mixup: not run. Left out by --only" in missing
    assert "MR" not in missing
    trained = page.partition("## How the models were trained")[2]
    assert "glove.6B.8d.txt: 4 of " in trained and "alpha 0.4" in trained
    assert len(pd.read_csv(tmp_path / "smoke" / "figure4.csv")) == 2

    (mixup,) = (tmp_path / "runs").glob("smoke/mr_*_mixup_*")
    (mixup / "test.npz").write_bytes(b"")
    status, output, errors = study(*arguments)
    assert status == 1 and f"{mixup / 'test.npz'} is damaged" in errors
    table = pd.read_csv(tmp_path / "smoke" / "figure4.csv")
    assert table["method"].tolist() == ["baseline"]
    assert "Traceback" not in errors


@pytest.mark.slow
def test_table_3_end_to_end(folders, cifar10):
    status, _, errors = study(
        "--table=3",
        "--scale=smoke",
        "--jobs=2",
        f"--data=cifar10={cifar10}",
        *folders,
    )
    assert status == 0, errors
    check_pictures(results_of(folders), "table3", 1)
    table = pd.read_csv(results_of(folders) / "table3.csv")
    assert len(table) == 3 and table["ece_15"].between(0, 1).all()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_figure_3_end_to_end(folders, imagenet):
    status, _, errors = study(
        "--figure=3",
        "--scale=smoke",
        f"--data=imagenet2012={imagenet}",
        *folders,
        timeout=1700,
    )
    assert status == 0, errors
    check_pictures(results_of(folders), "figure3", 2)
    table = pd.read_csv(results_of(folders) / "figure3.csv")
    assert len(table) == 8 and table["ece_15"].between(0, 1).all()


def test_unseen_classes_are_missed_before_anything_is_trained(
    tmp_path, cifar10
):
    for kind in ("--table=1", "--figure=8"):
        status, output, errors = study(
            kind,
            "--scale=smoke",
            f"--data=cifar10={cifar10}",
            f"--runs_root={tmp_path / 'runs'}",
        )
        assert status == 1 and "--data=unseen=FOLDER" in errors
        assert len(errors.splitlines()) == 1 and not output
    assert not (tmp_path / "runs").exists()


def finished_study(kind, folders, **data):
    """The folder of results of a study that ends."""
    status, _, errors = study(
        kind,
        "--scale=smoke",
        "--jobs=2",
        *(f"--data={name}={folder}" for name, folder in data.items()),
        *folders,
    )
    assert status == 0, errors
    return results_of(folders)


@pytest.mark.slow
def test_table_1_end_to_end(folders, cifar10, strange):
    folder = finished_study(
        "--table=1", folders, cifar10=cifar10, unseen=strange
    )
    check_pictures(folder, "table1", 1)
    table = pd.read_csv(folder / "table1_detection.csv")
    assert len(table) == 8 and table["AUROC"].between(0, 1).all()
    assert (table["images in"] == 64).all()
    noise = table["out of distribution"] == "Gaussian noise"
    assert (table.loc[noise, "images out"] == 64).all()
    assert (table.loc[~noise, "images out"] == 120).all()
    path = folder / "table1_under_any_temperature.csv"
    under = pd.read_csv(path, index_col="temperature")
    assert len(under) == 14 and under.stack().between(0, 1).all()
    page = (folder / "table1.md").read_text()
    assert "0.562 and 0.542" in page and "## Detection" in page


@pytest.mark.slow
@pytest.mark.parametrize("number", [8, 10])
def test_figures_8_and_10_end_to_end(number, folders, cifar10, strange):
    runs = results_of(folders).parents[1] / "runs" / "smoke"
    before = finished(runs)
    data = {"cifar10": cifar10}
    if number == 8:
        data["unseen"] = strange
    folder = finished_study(f"--figure={number}", folders, **data)
    # Those of Table 1, if they are there, are used again.
    assert before.items() <= finished(runs).items()
    check_pictures(folder, f"figure{number}", 1)
    if number == 10:
        table = pd.read_csv(folder / "figure10_distances.csv")
        assert len(table) == 3 * 8
        assert table["accuracy"].between(0, 1).all()


def finished(runs):
    return {
        path: path.stat().st_mtime_ns for path in runs.glob("*/record.json")
    }


@pytest.mark.parametrize(
    "sent",
    [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGKILL],
)
def test_an_interrupted_study_goes_on(sent, tmp_path, fashion_mnist):
    runs = tmp_path / "runs" / "smoke"
    arguments = [
        "--figure=9",
        "--scale=smoke",
        "--jobs=1",
        # Four runs: enough are left whenever the signal comes.
        "--seeds=0,1",
        f"--data=fashion_mnist={fashion_mnist}",
        f"--runs_root={tmp_path / 'runs'}",
        f"--results={tmp_path}",
    ]
    process = start(*arguments)
    deadline = time.monotonic() + 240
    # The first run is finished, the second under way.
    while not (finished(runs) and len(list(runs.glob("*/settings.json"))) > 1):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    before = finished(runs)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=60)
    if sent == signal.SIGINT:
        assert process.returncode == 130 and "goes on" in errors
        assert "Traceback" not in errors
    else:
        assert process.returncode == -signal.SIGKILL
    assert not list(tmp_path.glob("smoke/*"))
    status, _, errors = study(*arguments)
    assert status == 0, errors
    after = finished(runs)
    assert len(after) == 4
    assert before.items() <= after.items()
