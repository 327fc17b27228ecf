"""A SavedModel that takes raw inputs and says how sure it is."""

import math
import numbers
import pathlib

import keras
import numpy as np
import tensorflow as tf

from tfmixup.export import signatures
from tfmixup.export.manifest import describe
from tfmixup.export.manifest import write_manifest
from tfmixup.export.probing import check_outputs
from tfmixup.files import new_directory
from tfmixup.keras_backend import require_tensorflow
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.frames import class_list

__all__ = ["export_saved_model"]


def export_saved_model(
    model,
    path,
    temperature=1.0,
    *,
    class_names=None,
    from_logits=False,
    input_dtype=None,
    mc_dropout=False,
    dropout_rate=None,
    bins=None,
    commit=None,
):
    """Writes a SavedModel with typed signatures, and a manifest in it.

    It loads with plain `tf.saved_model.load`, without Keras and without this
    package. The model runs in inference mode: augmentation layers inside it
    are off, which `model.export` leaves on. The directory appears whole or
    not at all.

    Signatures, for any batch size of 1 or more:

    - `serving_default` (also `serve`): the model's input (raw pixels as the
      model was trained on them, or token ids; the name is that of the input)
      -> `logits` `[b, k]`, `probabilities` `[b, k]` (the softmax of logits /
      temperature), `confidence` `[b]` and `entropy` `[b]` (nats), float32.
    - `calibration`: nothing -> `temperature`, a scalar.
    - `mc_dropout`, when asked: the input, `passes` (int32 scalar, >= 1) and
      `seed` (int32 scalar) -> `probabilities` averaged over passes with
      dropout on, at temperature 1, their `confidence` and `entropy`, and
      `mutual_information` `[b]`, the part of the entropy that is due to
      disagreement of the passes. The same seed gives the same answer.

    An input of another shape, an empty batch, NaN or infinite pixels and
    negative token ids raise InvalidArgumentError with a message.

    Args:
        model: `keras.Model` with one input and one output `[b, k]`, k >= 2, or
            `[b, 1]`: one unit for class 1 of two, exported as the columns
            [class 0, class 1]. (Of a model that takes mixing plans, the inner
            plain one.)
        path: str or path that does not exist yet; `~` is the home.
        temperature: float > 0, as of `TemperatureScaling`; 1.0 for none.
        class_names: sequence of k strings; None for "0", "1", ...
        from_logits: whether the model gives logits; else probabilities, whose
            logarithms are the exported logits. The model is asked: it is
            called on a batch made for that, and its graph is looked at.
        input_dtype: str, for example "uint8", converted inside; None for that
            of the model's input.
        mc_dropout: whether to add the signature.
        dropout_rate: float in (0, 1) instead of the rates of the dropout
            layers, in that signature only; None for their own.
        bins: `tfmixup.metrics.Bins` of held-out examples at this temperature,
            for the manifest; None for none.
        commit: str, the git commit that trained the model, for the manifest;
            None for that of the checkout which this package runs from, if it
            is one.

    Returns:
        dict, the manifest.

    Raises:
        ValueError: if an argument is out of its range, the model is not of
            that kind, or it gives something else than `from_logits` says.
        FileExistsError: if `path` exists.

    Example:

    >>> import tempfile
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    >>> path = f"{tempfile.mkdtemp()}/model"
    >>> manifest = export_saved_model(
    ...     model, path, 1.5, class_names=["a", "b"], from_logits=True)
    >>> served = tf.saved_model.load(path)
    >>> outputs = served.signatures["serving_default"](tf.ones([3, 4]))
    >>> sorted(outputs), outputs["probabilities"].shape
    (['confidence', 'entropy', 'logits', 'probabilities'], TensorShape([3, 2]))
    """
    require_tensorflow("export_saved_model")
    temperature = _checked_temperature(temperature)
    num_classes = _checked_model(model)
    if class_names is None:
        class_names = range(num_classes)
    class_names = [str(name) for name in class_list(class_names, "class_names")]
    if len(class_names) != num_classes:
        raise ValueError(
            f"`class_names` must name the {num_classes} outputs of the model. "
            f"Received: {len(class_names)} names."
        )
    if bins is not None and not isinstance(bins, Bins):
        raise TypeError(
            "`bins` must be what `tfmixup.metrics.bins_of` makes, or None. "
            f"Received: {bins!r} of type {type(bins).__name__}."
        )
    spec = _input_spec(model, input_dtype)
    check_outputs(model, spec, from_logits)
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serve",
        signatures.serve(model, spec, temperature, from_logits),
        input_signature=[spec],
    )
    archive.add_endpoint(
        "calibration",
        lambda: {"temperature": tf.constant(temperature, tf.float32)},
        input_signature=[],
    )
    if mc_dropout:
        number = tf.TensorSpec([], tf.int32, "passes")
        archive.add_endpoint(
            "mc_dropout",
            signatures.mc_dropout(model, spec, dropout_rate, from_logits),
            input_signature=[spec, number, tf.TensorSpec([], tf.int32, "seed")],
        )
    manifest = describe(
        model=model.name,
        input={
            "name": spec.name,
            "dtype": spec.dtype.name,
            "shape": list(spec.shape),
        },
        classes=class_names,
        temperature=temperature,
        bins=bins,
        mc_dropout={"rate": dropout_rate} if mc_dropout else None,
        commit=commit,
    )
    with new_directory(pathlib.Path(path).expanduser()) as part:
        archive.write_out(str(part), verbose=False)
        write_manifest(part, manifest)
    return manifest


def _input_spec(model, input_dtype):
    [tensor] = model.inputs
    dtype = tf.as_dtype(
        input_dtype or keras.backend.standardize_dtype(tensor.dtype)
    )
    if not (dtype.is_floating or dtype.is_integer):
        raise ValueError(
            "`input_dtype` must be a floating or an integer dtype. "
            f"Received: {dtype.name}."
        )
    name = tensor.name.split(":")[0].replace("/", "_")
    return tf.TensorSpec([None, *tensor.shape[1:]], dtype, name)


def _checked_model(model):
    inputs, outputs = (
        getattr(model, name, None) or [] for name in ("inputs", "outputs")
    )
    if len(inputs) != 1 or len(outputs) != 1:
        raise ValueError(
            "`model` must be a Functional or built Sequential model of one "
            f"input and one output. Received: {model.name!r} with "
            f"{len(inputs)} inputs and {len(outputs)} outputs. Of a model that "
            "takes mixing plans, export the inner plain model."
        )
    shape = tuple(outputs[0].shape)
    if len(shape) != 2 or shape[1] is None:
        raise ValueError(
            "`model` must give one row of num_classes numbers for each "
            f"example, or one number. Received: an output of shape {shape}."
        )
    return max(2, shape[1])


def _checked_temperature(temperature):
    if (
        isinstance(temperature, bool)
        or not isinstance(temperature, (numbers.Real, np.number))
        or not 0 < temperature < math.inf
    ):
        raise ValueError(
            "`temperature` must be a positive number, as "
            "TemperatureScaling().fit(...).temperature. "
            f"Received: temperature={temperature!r}."
        )
    return float(temperature)
