"""What data a run is made on: digests that stand in its directory."""

import tfmixup

__all__ = ["differences", "identity_of"]


def identity_of(splits, where):
    """What tells the data of a run from all other data, wherever they lie.

    Args:
        splits: dict from the name of a split to its examples.
        where: dict as of `run_settings.where`.

    Returns:
        dict of JSON values: from the name of each split to what
        `tfmixup.datasets.digest_of` says of it, and from "vectors" to what
        `digest_of_file` says of a file of word vectors, if there is one.

    Raises:
        OSError, ValueError: a file that cannot be read.
    """
    found = {
        name: tfmixup.datasets.digest_of(split)
        for name, split in splits.items()
    }
    if where.get("glove"):
        found["vectors"] = tfmixup.datasets.digest_of_file(where["glove"])
    return found


def differences(there, here):
    """What is different between two sets of data, in words.

    Args:
        there: dict as of `identity_of`, of what a run was made on.
        here: dict as of `identity_of`, of what it would be made on now.

    Returns:
        list of str, a line each; empty if both are the same data.

    Example:

    >>> there = {"test": {"examples": 24, "labels": "0a"}}
    >>> here = {"test": {"examples": 20, "labels": "1b"}}
    >>> differences(there, here)
    ['test examples: 24 there, 20 here', 'test labels: others than there']
    """
    lines = []
    for part in dict.fromkeys([*there, *here]):
        before, now = there.get(part), here.get(part)
        if before is None or now is None:
            has, has_not = ("there", "here") if before else ("here", "there")
            lines.append(f"{part}: given {has}, none {has_not}")
            continue
        for name in dict.fromkeys([*before, *now]):
            old, new = before.get(name), now.get(name)
            if old == new:
                continue
            if isinstance(old, int) and isinstance(new, int):
                lines.append(f"{part} {name}: {old} there, {new} here")
            else:
                lines.append(f"{part} {name}: others than there")
    return lines
