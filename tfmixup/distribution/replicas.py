"""Variables of which each replica has its own value.

The weights of all replicas are equal. The states of metrics, of random
generators and (unless synchronized) the moving statistics of batch
normalization are not: Keras 3 lets each replica keep its own.
"""

import numpy as np
import tensorflow as tf

__all__ = ["ReplicaValues", "average_moving_statistics", "moving_statistics"]


class ReplicaValues:
    """Reads and writes the values of variables, replica by replica.

    Args:
        strategy: `tf.distribute.Strategy` of the variables.
        variables: list of `keras.Variable`.

    Example:

    >>> import keras
    >>> strategy = tf.distribute.get_strategy()
    >>> values = ReplicaValues(strategy, [keras.Variable([1.0, 2.0])])
    >>> values.read()[0].tolist()
    [[1.0, 2.0]]
    """

    def __init__(self, strategy, variables):
        self.variables = list(variables)
        self._strategy = strategy

        def gather(row):
            if strategy.num_replicas_in_sync == 1:
                return row
            context = tf.distribute.get_replica_context()
            return context.all_gather(row, axis=0)

        def read():
            values = [tf.identity(each.value) for each in self.variables]
            values.append(_replica_number())
            return [gather(tf.expand_dims(value, 0)) for value in values]

        def write(values):
            number = _replica_number()
            for variable, rows in zip(self.variables, values, strict=True):
                variable.value.assign(rows[number])

        self._read = tf.function(lambda: strategy.run(read))
        self._write = tf.function(lambda rows: strategy.run(write, (rows,)))

    def read(self):
        """The values; every worker must call it.

        Returns:
            List of NumPy arrays `[replicas, ...]`, one for each variable.
        """
        local = self._strategy.experimental_local_results
        *values, numbers = [local(rows)[0].numpy() for rows in self._read()]
        # A gathered tensor has its rows in an order of its own.
        order = np.argsort(numbers)
        return [value[order] for value in values]

    def write(self, values):
        """Gives each replica its own value; every worker must call it.

        Args:
            values: list of arrays `[replicas, ...]`, one for each variable.

        Raises:
            ValueError: another number of replicas.
        """
        replicas = self._strategy.num_replicas_in_sync
        for variable, rows in zip(self.variables, values, strict=True):
            if len(rows) != replicas:
                raise ValueError(
                    "There must be a value for each replica. Received: "
                    f"{len(rows)} values of {variable.path} for {replicas} "
                    "replicas. Use as many devices as before."
                )
        self._write([tf.constant(rows) for rows in values])


def moving_statistics(model):
    """The moving statistics of the batch normalization of a model.

    Args:
        model: `keras.Model`.

    Returns:
        List of `keras.Variable`.

    Example:

    >>> import keras
    >>> layers = [keras.Input([2]), keras.layers.BatchNormalization()]
    >>> [each.name for each in moving_statistics(keras.Sequential(layers))]
    ['moving_mean', 'moving_variance']
    """
    return [
        variable
        for variable in model.non_trainable_variables
        if variable.name in ("moving_mean", "moving_variance")
    ]


def average_moving_statistics(model):
    """Makes the moving statistics of all replicas equal: their mean.

    Batch normalization that is not synchronized sees the examples of its own
    replica. Training does not use the moving statistics, so that the mean of
    all of them is that of the whole batch whenever it is taken.
    Without several replicas nothing changes. Every worker must call it.

    Args:
        model: built `keras.Model`.

    Example:

    >>> import keras
    >>> model = keras.Sequential([keras.Input([2])])
    >>> average_moving_statistics(model)
    """
    strategy = model.distribute_strategy
    variables = moving_statistics(model)
    if strategy.num_replicas_in_sync == 1 or not variables:
        return

    def average():
        context = tf.distribute.get_replica_context()
        values = [tf.identity(variable.value) for variable in variables]
        means = context.all_reduce("MEAN", values)
        for variable, mean in zip(variables, means, strict=True):
            variable.value.assign(mean)

    tf.function(lambda: strategy.run(average))()


def _replica_number():
    context = tf.distribute.get_replica_context()
    return tf.convert_to_tensor(context.replica_id_in_sync_group, tf.int32)
