"""How unsure a prediction is: ensembles, abstaining, detection.

Only Monte Carlo dropout needs TensorFlow: each name is imported from its
module when it is first used. The file `__init__.pyi` beside this one lists
them.
"""

import lazy_loader

__getattr__, _, _ = lazy_loader.attach_stub(__name__, __file__)

__all__ = [
    "deep_ensemble",
    "detection_metrics",
    "energy_score",
    "ensemble_gaps",
    "entropy_score",
    "max_softmax_score",
    "monte_carlo_dropout",
    "selective_prediction",
]


def __dir__():
    return __all__
