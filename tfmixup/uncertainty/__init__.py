"""How unsure a prediction is: ensembles, abstaining, detection.

Only Monte Carlo dropout needs TensorFlow: each name is imported from its
module when it is first used. The file `__init__.pyi` beside this one lists
them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
