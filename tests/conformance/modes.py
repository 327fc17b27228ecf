"""The ways in which one function can be run."""

import tensorflow as tf


def eager(function):
    """As it is."""
    return function


def graph(function):
    """In a graph, traced for the shapes of its arguments."""
    return tf.function(function)


def compiled(function):
    """Compiled by XLA."""
    return tf.function(function, jit_compile=True)


def unknown_batch(function):
    """In a graph that does not know the size of the batch."""

    traced = tf.function(function)

    def call(*arguments):
        arguments = [tf.convert_to_tensor(a) for a in arguments]
        concrete = traced.get_concrete_function(
            *(tf.TensorSpec([None, *a.shape[1:]], a.dtype) for a in arguments)
        )
        return concrete(*arguments)

    return call


ALL = [eager, graph, compiled, unknown_batch]


def split(strategy, *arrays):
    """Each array cut in as many pieces as there are replicas."""
    count = strategy.num_replicas_in_sync

    def piece(context):
        start = context.replica_id_in_sync_group
        size = len(arrays[0]) // count
        cut = slice(start * size, (start + 1) * size)
        return tuple(tf.convert_to_tensor(array[cut]) for array in arrays)

    return strategy.experimental_distribute_values_from_function(piece)
