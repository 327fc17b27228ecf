"""What can be imported from a package, whether its `__all__` has it or not."""

import ast
import pathlib


def offered_by(module):
    """The names that a package has for those who import them.

    `__all__` has the public ones of these.
    """
    stub = pathlib.Path(module.__file__).with_suffix(".pyi")
    if stub.exists():
        # A door that imports nothing until a name is used.
        body = ast.parse(stub.read_text(encoding="utf-8")).body
        return [name.name for node in body for name in node.names]
    if not hasattr(module, "__path__"):
        return module.__all__
    return [name for name in vars(module) if not name.startswith("_")]
