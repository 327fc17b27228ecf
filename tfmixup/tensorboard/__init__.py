"""The calibration plugin of TensorBoard: writer, server side, front end.

`summary` and `writer` write with TensorFlow. `loader`, `metadata`, `plugin`
and `reader` read, and must work where TensorFlow is not installed: nothing is
imported here.
"""

__all__ = []
