"""Tests of experiments.progress."""

import io
import shutil

import pytest

from experiments.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def train(stream, first, last, epochs):
    """Tells a Progress of the epochs from `first` to `last`, from 1."""
    progress = Progress(stream)
    progress.set_params({"epochs": epochs, "steps": 2})
    for epoch in range(first - 1, last):
        for step in range(2):
            progress.on_train_batch_end(step, {})
        logs = {"loss": 1 / (epoch + 1), "val_ece": 0.25, "val_nll": 7.0}
        progress.on_epoch_end(epoch, logs)
    progress.on_train_end()
    return stream.getvalue()


@pytest.mark.parametrize(
    "first, last, epochs, said",
    [
        (1, 40, 40, [1, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40]),
        (1, 3, 3, [1, 2, 3]),
        (1, 25, 25, [1, *range(3, 25, 3), 25]),
        # One that goes on, and one that stops early.
        (35, 40, 40, [35, 36, 40]),
        (1, 6, 40, [1, 4, 6]),
        # Nothing was left to train.
        (41, 40, 40, []),
    ],
)
def test_a_file_gets_a_line_each_tenth(first, last, epochs, said):
    lines = train(io.StringIO(), first, last, epochs).splitlines()
    assert lines == [
        f"Epoch {epoch}/{epochs}: loss {1 / epoch:.4f}, val_ece 0.2500"
        for epoch in said
    ]


def test_a_terminal_has_one_line_that_renews_itself(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    written = train(Terminal(), 1, 40, 40)
    assert written.count("\n") == 1 and written.endswith("\n")
    shown = written.rstrip("\n").split("\r")[1:]
    # As long as the terminal less one: no rest of a longer line, no wrapping.
    assert {len(line) for line in shown} == {
        shutil.get_terminal_size().columns - 1
    }
    assert shown[0].strip() == "step 1/2"
    assert shown[-1].startswith("Epoch 40/40: loss 0.0250")


def test_a_line_is_ended_once_after_a_failure():
    terminal = Terminal()
    progress = Progress(terminal)
    progress.close()
    assert terminal.getvalue() == ""
    progress.set_params({"epochs": 3, "steps": 9})
    progress.on_train_batch_end(4)
    progress.close()
    progress.close()
    assert terminal.getvalue().rstrip(" \n").endswith("step 5/9")
    assert terminal.getvalue().count("\n") == 1
