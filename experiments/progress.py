"""Progress of a training: one line on a terminal, a few lines in a file."""

import math
import shutil
import sys
import time

import keras

__all__ = ["Progress"]

_SHOWN = ("loss", "accuracy", "val_accuracy", "val_ece", "val_top5")
# A person reads no faster.
_SECONDS = 0.2


class Progress(keras.callbacks.Callback):
    """Says how far a training is.

    On a terminal one line renews itself. Elsewhere (a file, a pipe) the first
    epoch trained, every tenth part of the epochs and the last one trained
    have a line each. Stands after the callbacks whose values it shows.

    Args:
        stream: text file to write to; None for the standard output.
    """

    def __init__(self, stream=None):
        super().__init__()
        self.stream = stream or sys.stdout
        self.renews = self.stream.isatty()
        self._open = False  # The cursor is in a line that renews itself.
        self._line = None  # That of the last epoch.
        self._said = None  # The last line of a file.
        self._next_time = 0.0

    def on_train_batch_end(self, batch, logs=None):
        if self.renews and time.monotonic() >= self._next_time:
            steps = self.params["steps"]
            line = f"step {batch + 1}/{steps}"
            self._renew(f"{line}; {self._line}" if self._line else line)

    def on_epoch_end(self, epoch, logs=None):
        epochs = self.params["epochs"]
        values = ", ".join(
            f"{name} {logs[name]:.4f}" for name in _SHOWN if name in logs
        )
        first = self._line is None
        self._line = f"Epoch {epoch + 1}/{epochs}: {values}"
        if self.renews:
            self._renew(self._line)
        elif first or (epoch + 1) % math.ceil(epochs / 10) == 0:
            self._say()

    def on_train_end(self, logs=None):
        if not self.renews and self._line != self._said:
            self._say()
        self.close()

    def close(self):
        """Ends the line, so that whatever comes next begins its own."""
        if self._open:
            print(file=self.stream, flush=True)
        self._open = False

    def _say(self):
        print(self._line, file=self.stream, flush=True)
        self._said = self._line

    def _renew(self, line):
        # A line that the terminal wraps would not be overwritten.
        width = shutil.get_terminal_size().columns - 1
        text = f"\r{line[:width]:<{width}}"
        print(text, end="", file=self.stream, flush=True)
        self._open = True
        self._next_time = time.monotonic() + _SECONDS
