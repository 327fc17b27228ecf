"""What all commands do alike: parse their flags, and end with a message."""

import os
import pathlib
import sys

from absl import flags

__all__ = ["Command", "moved"]


class Command:
    """A command of the suite, which is started as `python -m NAME`."""

    def __init__(self, name, positional=False):
        """Constructs it; the flags are defined by its module.

        Args:
            name: str, such as "experiments.run".
            positional: bool, whether it takes arguments that are no flags.
        """
        self._name, self._positional = name, positional

    def fail(self, message, status=1):
        """Ends the program with a message, without a traceback."""
        print(f"{self._name}: {message}", file=sys.stderr)
        sys.exit(status)

    def parse(self, argv):
        """Parses the command line; a mistake ends the program with status 1.

        Args:
            argv: list of str, the first of them the name of the program.

        Returns:
            list of str, the arguments that are no flags.
        """
        try:
            arguments = flags.FLAGS(argv, known_only=False)
        except flags.Error as error:
            words = str(error).removeprefix("ERROR:: ")
            # Of a flagfile that cannot be opened.
            opening = error.__context__
            if isinstance(opening, OSError) and opening.filename:
                path = moved(opening.filename)
                if path:
                    self.fail(f"{opening.filename} is now {path}")
                words += f"\nPaths are relative to {os.getcwd()}."
            self.fail(words)
        if len(arguments) > 1 and not self._positional:
            self.fail(
                f"flags start with --. Received: {' '.join(arguments[1:])!r} "
                "(in a flagfile, comments start with #)."
            )
        return arguments


def moved(path):
    """Where a flagfile lies that was once in the folder `experiments` itself.

    Args:
        path: str, such as "experiments/digits_mixup.flags".

    Returns:
        `pathlib.Path`, such as experiments/flags/digits/mixup.flags; None if
        no flagfile was there by that name.
    """
    path = pathlib.Path(path)
    folder = path.parent / "flags"
    for each in sorted(folder.rglob("*.flags")):
        if "_".join(each.relative_to(folder).parts) == path.name:
            return each
    return None
