"""Streams of batches for the replicas of a strategy."""

import tensorflow as tf

__all__ = ["distribute_stream"]


def distribute_stream(strategy, make_stream):
    """Gives each replica its part of each global batch, for `fit`.

    Args:
        strategy: `tf.distribute.Strategy`.
        make_stream: function (index, count) -> endless `tf.data.Dataset`: the
            index-th of count contiguous parts of each global batch, for
            instance `training_stream(..., shard=(index, count))`. It is
            called for each replica of this worker, so that what a stage does
            to a part (pairing examples) stays within a replica.

    Returns:
        `tf.data.Dataset` for one device, or `tf.distribute.DistributedDataset`.
        The replicas together get the whole global batch; the first worker has
        the first parts.

    Example:

    >>> numbers = tf.data.Dataset.range(8).batch(4, drop_remainder=True)
    >>> strategy = tf.distribute.get_strategy()
    >>> stream = distribute_stream(strategy, lambda index, count: numbers)
    >>> next(iter(stream)).numpy().tolist()
    [0, 1, 2, 3]
    """
    if strategy.num_replicas_in_sync == 1:
        return make_stream(0, 1)

    def dataset_of(context):
        count = context.num_replicas_in_sync
        local = count // context.num_input_pipelines
        first = context.input_pipeline_id * local
        streams = [make_stream(first + each, count) for each in range(local)]
        # The replicas of a worker take batches from one dataset in turn.
        turns = tf.data.Dataset.range(local).repeat()
        infinite = tf.data.experimental.assert_cardinality(
            tf.data.INFINITE_CARDINALITY
        )
        merged = tf.data.Dataset.choose_from_datasets(streams, turns)
        return merged.apply(infinite).prefetch(local)

    # The function is called once for each worker in its own process.
    return strategy.distribute_datasets_from_function(dataset_of)
