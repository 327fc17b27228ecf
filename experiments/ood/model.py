"""A SavedModel as the evaluation sees it: ours, or any other classifier."""

import numpy as np
import tensorflow as tf

from tfmixup.export import open_saved_model
from tfmixup.export import read_manifest
from tfmixup.metrics.kinds import kind_of
from tfmixup.metrics.kinds import shown_row

__all__ = ["ServedModel"]

_KINDS = ("logits", "probabilities")


class ServedModel:
    """The serving signature of a SavedModel.

    Args:
        name: str, for tables.
        path: directory.
        outputs: "auto", "logits" or "probabilities": what the model gives.
            With "auto" an output of one of these names is taken, logits
            first; what a single output of another name is, its numbers must
            show (`tfmixup.metrics.kinds`).

    Attributes:
        name: str.
        from_logits: whether `predict` gives logits; None until it is known.
        input_shape: tuple, the first entry None for the batch.
        manifest: dict, or None for a model that was made otherwise.

    Raises:
        ValueError: if it cannot be loaded, or has no signature of that kind.
    """

    def __init__(self, name, path, outputs="auto"):
        self.name = name
        self.manifest = read_manifest(path)
        # Held, because signatures do not keep their variables alive.
        self._served = open_saved_model(path)
        signatures = self._served.signatures
        if "serving_default" not in signatures:
            raise ValueError(
                f"{path} has no signature serving_default, only "
                f"{sorted(signatures)}."
            )
        self._serve = signatures["serving_default"]
        self._key, self._spec = _single_input(self._serve, path)
        self.input_shape = tuple(self._spec.shape)
        self._output, self.from_logits = _find_output(
            self._serve.structured_outputs, outputs, path
        )
        self._passes = (
            signatures["mc_dropout"] if "mc_dropout" in signatures else None
        )

    @property
    def has_dropout(self):
        """Whether there is a signature `mc_dropout` like ours."""
        if self._passes is None:
            return False
        arguments = self._passes.structured_input_signature[1]
        return {"passes", "seed"} <= set(arguments)

    def predict(self, batches):
        """Logits or probabilities of all examples.

        Args:
            batches: iterable of arrays `[b, ...]`.

        Returns:
            float32 `[n, num_classes]`; of a model of one unit, the columns
            [class 0, class 1].

        Raises:
            ValueError: if the model refuses a batch, or gives no rows, or
                numbers of another kind than they should be.
        """
        rows = self._run(
            lambda batch: self._serve(**{self._key: batch})[self._output],
            batches,
        )
        self._judge(rows)
        return _two_columns(rows.astype(np.float32), self.from_logits)

    def _judge(self, rows):
        """Finds out what the outputs are, or that they are something else."""
        kind = kind_of(rows)
        one_unit = rows.shape[1] == 1
        if kind == "sigmoids" and one_unit and self.from_logits is not None:
            return
        if kind == "percentages" or (kind == "sigmoids" and rows.any()):
            what = {
                "percentages": "percentages: divide them by 100",
                "sigmoids": "sigmoids that do not sum to 1, so that no class "
                "can win",
            }[kind]
            if one_unit:
                what = (
                    "numbers in [0, 1], which may be probabilities or logits "
                    "of class 1: say which with --outputs"
                )
            raise ValueError(
                f"The model {self.name} gives {what}. Received, for example: "
                f"{shown_row(rows[0])}."
            )
        if self.from_logits is None:
            self.from_logits = kind == "logits"
        if self.from_logits != (kind == "logits") and rows.any():
            said = "logits" if self.from_logits else "probabilities"
            raise ValueError(
                f"The model {self.name} should give {said}, and gives {kind}. "
                f"Received, for example: {shown_row(rows[0])}. Say what they "
                "are with --outputs."
            )

    def average_passes(self, batches, passes, seed):
        """Probabilities averaged over passes with dropout on.

        Args:
            batches: iterable of arrays `[b, ...]`.
            passes: int >= 1.
            seed: int; every batch gets another one.

        Returns:
            float32 `[n, num_classes]`.
        """
        numbers = iter(range(1 << 31))

        def serve(batch):
            outputs = self._passes(
                **{self._key: batch},
                passes=tf.constant(passes),
                # Batches must not share their masks.
                seed=tf.constant(
                    (seed * 1_000_003 + next(numbers)) % (1 << 31)
                ),
            )
            return outputs["probabilities"]

        return self._run(serve, batches)

    def _run(self, serve, batches):
        rows = []
        try:
            for batch in batches:
                found = np.asarray(serve(self._cast(batch)))
                rows.append(found[:, None] if found.ndim == 1 else found)
        except (TypeError, tf.errors.InvalidArgumentError) as error:
            raise ValueError(
                f"The model {self.name} refuses its input: {_reason(error)}"
            ) from error
        if not rows or rows[0].ndim != 2:
            raise ValueError(
                f"The model {self.name} must give one row for each example. "
                f"Received: {len(rows)} batches of shape "
                f"{rows[0].shape if rows else None}."
            )
        return np.concatenate(rows)

    def _cast(self, batch):
        batch = np.asarray(batch)
        wanted = self._spec.dtype.as_numpy_dtype
        if not self._spec.dtype.is_integer:
            return tf.constant(batch.astype(wanted))
        limits = np.iinfo(wanted)
        if batch.dtype.kind == "f":
            if np.isnan(batch).any():
                raise ValueError(
                    f"The model {self.name} takes {limits.dtype} pixels, and "
                    "an image holds NaN."
                )
            if batch.size and 0 <= batch.min() and 0 < batch.max() <= 1:
                raise ValueError(
                    f"The model {self.name} takes {limits.dtype} pixels from "
                    f"{limits.min} to {limits.max}. Received: images in "
                    f"[{batch.min():g}, {batch.max():g}], which would all be "
                    "black. Multiply them by 255."
                )
            # Noise, and images that were moved, for a model of pixels.
            batch = np.clip(np.rint(batch), limits.min, limits.max)
        elif batch.size and not (
            limits.min <= batch.min() and batch.max() <= limits.max
        ):
            raise ValueError(
                f"The model {self.name} takes {limits.dtype} pixels from "
                f"{limits.min} to {limits.max}. Received: {batch.dtype} from "
                f"{batch.min()} to {batch.max()}. Rescale them."
            )
        return tf.constant(batch.astype(wanted))


def _single_input(serve, path):
    inputs = serve.structured_input_signature[1]
    if len(inputs) != 1:
        raise ValueError(
            f"serving_default of {path} must take one input. "
            f"Received: {sorted(inputs)}."
        )
    return next(iter(inputs.items()))


def _find_output(outputs, kind, path):
    """(name of the output, whether it is logits or None)."""
    wanted = _KINDS if kind == "auto" else (kind,)
    for name in wanted:
        if name in outputs:
            return name, name == "logits"
    if len(outputs) == 1:
        return next(iter(outputs)), None if kind == "auto" else kind == "logits"
    raise ValueError(
        f"serving_default of {path} must have an output named "
        f"{' or '.join(wanted)}, or a single one. Received: {sorted(outputs)}."
    )


def _two_columns(rows, from_logits):
    """Those of [class 0, class 1] where a model has one unit, of class 1."""
    if rows.shape[1] > 1:
        return rows
    other = np.zeros_like(rows) if from_logits else 1 - rows
    return np.concatenate([other, rows], axis=1)


def _reason(error):
    """The line of TensorFlow's message that says what is wrong."""
    lines = str(error).splitlines()
    found = [line for line in lines if "assertion failed" in line]
    return (found or lines)[0].removeprefix("assertion failed: ")
