"""Mixup training for Keras classifiers whose confidence must be trusted.

`import tfmixup` opens every subpackage; each is imported when it is first
used. The file `__init__.pyi` beside this one lists them.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
