"""Which example of a batch is mixed with which."""

import tensorflow as tf

from tfmixup.keys import fold_in

__all__ = ["check_group", "draw_partners", "part_size"]

# Folded into a key before the number of a group, so that the key serves other
# draws of its step beside the pairings.
_GROUP = 0x4752


def check_group(group, num_groups):
    """Raises an error unless `group` is None or one of the groups."""
    if group is not None and group not in range(num_groups):
        raise ValueError(
            "`group` must be None (the dataset carries whole batches) or lie "
            f"in [0, num_groups). Received: group={group!r}, "
            f"num_groups={num_groups}."
        )


def part_size(size, static_size, num_groups):
    """The size of each of `num_groups` equal parts of a batch.

    Args:
        size: int32 scalar tensor, the size of the batch.
        static_size: int, or None if it is not known when the graph is built.
        num_groups: int >= 1.

    Returns:
        int32 scalar tensor.

    Raises:
        ValueError: if the batch does not divide into the groups.
        tf.errors.InvalidArgumentError: the same, for a batch whose size is
            known when it comes only.

    Example:

    >>> int(part_size(tf.constant(6), 6, 2))
    3
    """
    if num_groups == 1:
        return size
    message = (
        f"The batch must divide into num_groups={num_groups} equal parts. "
        "Batch with a multiple of it, and with drop_remainder=True. "
        "Received a batch of size:"
    )
    if static_size is not None and static_size % num_groups:
        raise ValueError(f"{message} {static_size}.")
    check = tf.debugging.Assert(tf.equal(size % num_groups, 0), [message, size])
    with tf.control_dependencies([] if check is None else [check]):
        return size // num_groups


def draw_partners(key, part, num_groups=1, group=None):
    """Draws a partner for each example, within the example's own group.

    A group is one of `num_groups` equal contiguous parts of a batch, and its
    pairing is a uniform permutation that no other group has a say in: who
    holds one group of a batch draws the same partners as who holds them all.

    Args:
        key: int32 tensor `[2]`, see `tfmixup.keys`.
        part: int32 scalar tensor, the size of a group.
        num_groups: int >= 1.
        group: int in [0, num_groups), or None for all groups.

    Returns:
        int32 tensor `[part]` of indices into the group or, for all groups,
        `[num_groups * part]` of indices into the batch.

    Example:

    >>> from tfmixup.keys import seed_key
    >>> key = seed_key(7)
    >>> both = draw_partners(key, 3, num_groups=2).numpy().tolist()
    >>> sorted(both[:3]), sorted(both[3:])
    ([0, 1, 2], [3, 4, 5])
    >>> second = draw_partners(key, 3, num_groups=2, group=1).numpy().tolist()
    >>> both[3:] == [3 + partner for partner in second]
    True
    """

    def of_group(number):
        # One group has the draws of a batch without groups.
        seed = key if num_groups == 1 else fold_in(key, _GROUP, number)
        return tf.random.experimental.stateless_shuffle(
            tf.range(part), seed=seed
        )

    if group is not None:
        return of_group(group)
    return tf.concat(
        [of_group(number) + number * part for number in range(num_groups)], 0
    )
