"""Which split of the data has which role in a run."""

from typing import NamedTuple

__all__ = ["Role", "roles"]


class Role(NamedTuple):
    """A role in a run, and the examples that play it.

    Attributes:
        name: str, "train", "validation" or "test".
        split: str, the name of the split.
        limit: int, at most so many of its examples; None for all.
    """

    name: str
    split: str
    limit: int | None


def roles(settings):
    """The roles of a run.

    Args:
        settings: `RunSettings`. With the paper's protocol the validation
            split is the test split, and all else is trained on.

    Returns:
        list of `Role`.
    """
    paper = settings.protocol == "paper"
    return [
        Role(
            "train",
            "train+validation" if paper else "train",
            settings.train_examples,
        ),
        Role(
            "validation",
            "test" if paper else "validation",
            settings.validation_examples,
        ),
        Role("test", "test", settings.test_examples),
    ]
