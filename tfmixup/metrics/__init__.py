"""Calibration and proper scores: bins, pure functions, Keras metrics.

The functions of arrays need neither TensorFlow nor Keras: each name is
imported from its module when it is first used. The file `__init__.pyi` beside
this one lists them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
