"""The plan that the layers of a model carry out in one forward pass."""

import contextlib
import contextvars

import tensorflow as tf

__all__ = [
    "PlanScope",
    "current_scope",
    "expected_without_plan",
    "is_expected_without_plan",
]

# A variable of the context, hence of the thread: replicas that are traced in
# threads of their own, and models inside of models, do not see each other's.
_CURRENT = contextvars.ContextVar("tfmixup_plan", default=None)
# Whether a model around has said already that there is no plan.
_EXPECTED = contextvars.ContextVar("tfmixup_no_plan", default=False)


class PlanScope(contextlib.AbstractContextManager):
    """While it is open, layers of this thread take their part of a plan.

    It lives while a graph is traced, or during one eager call. On leaving it
    checks that every depth of the plan was taken: what is left over would be
    mixed labels on features that are not mixed.

    Args:
        plan: `tfmixup.mixing.Plan`.
    """

    def __init__(self, plan):
        self._coefficients = dict(plan.coefficients)
        self._taken = set()
        self._token = None
        self.size = plan.distances.shape[0]
        self.partners, self._valid = _checked_partners(plan.distances)

    def __enter__(self):
        self._token = _CURRENT.set(self)
        return self

    def __exit__(self, kind, *_):
        _CURRENT.reset(self._token)
        if kind is None:
            self._check_that_all_was_taken()

    def take(self, depth):
        """The coefficients of a depth, float32 `[b]`.

        Args:
            depth: int.

        Returns:
            The tensor, or None if the plan never mixes at this depth.

        Raises:
            ValueError: if they were taken before in the same pass.
        """
        if depth not in self._coefficients:
            return None
        if depth in self._taken:
            raise ValueError(
                f"Only one layer may mix at depth {depth}, and only once in a "
                "forward pass: mixing what is mixed no longer fits the "
                "labels. Give each `HiddenMixup` a depth of its own; tensors "
                "side by side go through one layer as a list."
            )
        self._taken.add(depth)
        # A partner that is not at hand must not pass for another example.
        # Compiled code has no assertions: there the loss becomes NaN.
        return tf.where(self._valid, self._coefficients[depth], float("nan"))

    def mixes_at(self, depth):
        """Whether the plan may mix at a depth."""
        return depth in self._coefficients

    def is_mixed(self, depth):
        """Which rows are mixed at a depth of the plan, bool `[b]`."""
        return self._coefficients[depth] != 1

    def _check_that_all_was_taken(self):
        missing = sorted(set(self._coefficients) - self._taken)
        if missing:
            raise ValueError(
                "Every depth of a plan needs a mixing layer in the model. "
                f"Received: a plan for depths {sorted(self._coefficients)}; "
                f"no layer mixed at {missing}. Put "
                "`tfmixup.layers.HiddenMixup(depth)` (or `EmbeddingMixup`, "
                "which is at depth 0) into the model, or leave these depths "
                "out of the stage."
            )


@contextlib.contextmanager
def expected_without_plan():
    """Inside, mixing layers do not warn that no plan has reached them."""
    token = _EXPECTED.set(True)
    try:
        yield
    finally:
        _EXPECTED.reset(token)


def is_expected_without_plan():
    """Whether this thread is inside of `expected_without_plan`."""
    return _EXPECTED.get()


def current_scope():
    """The innermost open `PlanScope` of this thread, or None."""
    return _CURRENT.get()


def _checked_partners(distances):
    """(indices of the partners, whether all of them are at hand)."""
    size = tf.shape(distances)[0]
    partners = tf.range(size) + distances
    valid = tf.reduce_all((partners >= 0) & (partners < size))
    check = tf.debugging.Assert(
        valid,
        [
            "A partner of the plan is not in this part of the batch. With "
            "several replicas, the stage needs num_groups=<their number>, and "
            "each replica whole groups. Distances:",
            distances,
        ],
    )
    with tf.control_dependencies([] if check is None else [check]):
        return tf.identity(partners), valid
