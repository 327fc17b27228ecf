"""Loads tools that define flags of absl into the process of the tests."""

import contextlib
import pathlib
import runpy

from absl import flags

TOOLS = pathlib.Path(__file__).parents[2] / "tools"


@contextlib.contextmanager
def loaded(tool, names):
    """The names of a tool, whose flags have the place of all others.

    Args:
        tool: str, its file.
        names: the names of its flags. Flags of these names that another
            module has defined come back afterwards.
    """
    others = {
        name: (flags.FLAGS[name], flags.FLAGS.find_module_defining_flag(name))
        for name in names
        if name in flags.FLAGS
    }
    for name in others:
        delattr(flags.FLAGS, name)
    was_parsed = flags.FLAGS.is_parsed()
    found = runpy.run_path(str(TOOLS / tool))
    flags.FLAGS.mark_as_parsed()
    try:
        yield found
    finally:
        for name in names:
            delattr(flags.FLAGS, name)
        for name, (flag, module) in others.items():
            flags.FLAGS[name] = flag
            flags.FLAGS.register_flag_by_module(module, flag)
        if not was_parsed:
            flags.FLAGS.unparse_flags()
