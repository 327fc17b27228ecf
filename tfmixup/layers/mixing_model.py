"""A functional model that mixes inside, by plan, while it is trained."""

import warnings

import keras

from tfmixup.keras_backend import require_tensorflow
from tfmixup.layers.plan_scope import current_scope
from tfmixup.layers.plan_scope import expected_without_plan
from tfmixup.layers.plan_scope import PlanScope
from tfmixup.mixing.plan import Planned

__all__ = ["MixingModel"]


@keras.saving.register_keras_serializable(package="tfmixup")
class MixingModel(keras.Model):
    """`keras.Model(inputs, outputs)` whose mixing layers follow a plan.

    `fit` takes batches of a plan stage (`tfmixup.mixing.ManifoldMixupPlan`,
    `EmbeddingMixupPlan`): the plan is taken off, the features go through the
    model as ever, and its `HiddenMixup` and `EmbeddingMixup` layers mix what
    passes through them. Plain features are not mixed: validation,
    prediction, export. Everything else is that of a functional model: its
    weights and their files are those of `keras.Model(inputs, outputs)`.

    A model that exists becomes one by `MixingModel(model.inputs,
    model.outputs)`, with which it shares its layers.

    Args:
        inputs: as for `keras.Model`.
        outputs: as for `keras.Model`.
        name: name of the model.

    Call arguments:
        inputs: features, or `tfmixup.mixing.Planned`. The plan is carried out
            in training only.

    Raises:
        ValueError: while the training step is traced: a depth of the plan at
            which no layer mixes, or more than one; a plan in `evaluate` or
            `predict`.

    Example:

    >>> import tensorflow as tf
    >>> from tfmixup.layers import HiddenMixup
    >>> from tfmixup.mixing import ManifoldMixupPlan
    >>> inputs = keras.Input([4])
    >>> x = keras.layers.Dense(8, activation="relu")(HiddenMixup(0)(inputs))
    >>> model = MixingModel(inputs, keras.layers.Dense(3)(HiddenMixup(1)(x)))
    >>> loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    >>> model.compile("sgd", loss)
    >>> data = tf.data.Dataset.from_tensor_slices((tf.eye(4), [0, 1, 2, 0]))
    >>> stage = ManifoldMixupPlan(2.0, num_classes=3, depths=(0, 1), seed=7)
    >>> history = model.fit(data.batch(4).apply(stage), verbose=0)
    >>> model.predict(tf.eye(4), verbose=0).shape
    (4, 3)
    """

    def __init__(self, *args, **kwargs):
        require_tensorflow("MixingModel")
        super().__init__(*args, **kwargs)

    def __call__(self, inputs, training=None, mask=None):
        """The outputs for features, or for features with a plan."""
        if not isinstance(inputs, Planned):
            if training and current_scope() is None:
                self._warn_unmixed()
            with expected_without_plan():
                return super().__call__(inputs, training=training, mask=mask)
        plan, features = inputs
        if not training:
            return super().__call__(features, training=training, mask=mask)
        with PlanScope(plan):
            return super().__call__(features, training=True, mask=mask)

    def fit(self, *args, **kwargs):
        """`keras.Model.fit`; warns of class weights on mixed labels."""
        if kwargs.get("class_weight") is not None:
            warnings.warn(
                "`class_weight` weights each example by the largest part of "
                "its label alone, which is not the mixture where labels are "
                "mixed. Give the dataset a third element instead, (features, "
                "labels, weights), before the stage: it mixes weights exactly.",
                stacklevel=2,
            )
        return super().fit(*args, **kwargs)

    def test_step(self, data):
        """One step of `evaluate`, on plain features."""
        _check_plain(data)
        return super().test_step(data)

    def predict_step(self, data):
        """One step of `predict`, on plain features."""
        _check_plain(data)
        return super().predict_step(data)

    def _warn_unmixed(self):
        if getattr(self, "_has_warned", False):
            return
        self._has_warned = True
        warnings.warn(
            f"{self.name} is trained on plain features: its mixing layers do "
            "nothing without a plan. Apply a plan stage to the training data, "
            "such as `dataset.apply(tfmixup.mixing.ManifoldMixupPlan(...))`.",
            stacklevel=3,
        )


def _check_plain(data):
    features = data[0] if type(data) is tuple else data
    if isinstance(features, Planned):
        raise ValueError(
            "Models are evaluated, and predict, on plain features. Received: "
            "features with a plan. Apply plan stages to training data only."
        )
