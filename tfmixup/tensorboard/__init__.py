"""The calibration plugin of TensorBoard: writer, server side, front end.

`summary` and `writer` write with TensorFlow. `loader`, `metadata`, `plugin`
and `reader` read, and must work where TensorFlow is not installed: nothing is
imported here until it is used.
"""

import lazy_loader

__getattr__, _, _ = lazy_loader.attach_stub(__name__, __file__)

__all__ = ["summary"]


def __dir__():
    return __all__
