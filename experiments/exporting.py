"""From the directory of a run to a SavedModel."""

import pathlib

import keras
import numpy as np

from experiments import run_identity
from experiments import training
from experiments.run_directory import read_record
from experiments.run_flags import RunSettings
from tfmixup.calibrators import TemperatureScaling
from tfmixup.export import export_saved_model
from tfmixup.metrics import bins_of

__all__ = ["export_run"]


def export_run(run_dir, path, where, dropout_rate=None):
    """Exports the best weights of a finished run.

    Args:
        run_dir: path.
        path: path of the SavedModel, which does not exist yet.
        where: dict from "data_dir" and "glove" to a path or None, as of the
            run.
        dropout_rate: float, of the signature `mc_dropout`; None for that of
            the training. The signature is there if the run had dropout.

    Returns:
        dict, the manifest.

    Raises:
        RunDirectoryError: if the run is not finished, or damaged.
        ValueError: if its data cannot be read, or if these are not
            the data that it was made on.
        FileExistsError: if `path` exists.
    """
    run_dir = pathlib.Path(run_dir).expanduser()
    record = read_record(run_dir, ["best.weights.h5", "validation.npz"])
    settings = RunSettings.read(record["settings"])
    keras.config.set_dtype_policy(settings.precision)
    task = training.task_of(settings)
    splits = task.open_splits(settings, where)
    _check_data(record, run_identity.identity_of(splits, where), run_dir)
    model = task.build_model(settings, splits["train"], where)
    model.load_weights(run_dir / "best.weights.h5")
    with np.load(run_dir / "validation.npz", allow_pickle=False) as held_out:
        logits, labels = held_out["logits"], held_out["labels"]
    temperature, bins = 1.0, None
    # The paper's protocol validates on the test split.
    if settings.protocol != "paper":
        scaling = TemperatureScaling().fit(logits, labels)
        temperature = scaling.temperature
        bins = bins_of(
            labels, scaling.transform(logits), settings.num_bins, True
        )
    return export_saved_model(
        model,
        path,
        temperature,
        class_names=record["classes"],
        from_logits=True,
        mc_dropout=bool(settings.dropout),
        dropout_rate=dropout_rate,
        bins=bins,
        commit=record["versions"]["commit"],
    )


def _check_data(record, data, run_dir):
    """The statistics inside the model must be those of the run's own data."""
    # Runs of a time when there were no digests have none.
    different = run_identity.differences(record.get("data") or data, data)
    if different:
        raise ValueError(
            f"{run_dir} holds a run that was made on other data:\n  "
            + "\n  ".join(different)
            + "\nGive the data of that run (--data_dir, --glove)."
        )
