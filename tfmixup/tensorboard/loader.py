"""The entry point that TensorBoard loads.

An exception while this module is imported would stop TensorBoard for every
user of the environment; one in `load` is only logged. So it imports next to
nothing, and `load` the rest.
"""

from tensorboard.plugins import base_plugin

from tfmixup.tensorboard import metadata


class CalibrationLoader(base_plugin.TBLoader):
    """Makes the plugin, where TensorBoard offers what it reads from."""

    def fix_flags(self, flags):
        """Asks for `STEPS_KEPT` points, unless the user asked for a number.

        Args:
            flags: the parsed flags of TensorBoard, which are changed.
        """
        flags.samples_per_plugin.setdefault(
            metadata.PLUGIN_NAME, metadata.STEPS_KEPT
        )

    def load(self, context):
        """Makes the plugin.

        Args:
            context: `base_plugin.TBContext`.

        Returns:
            `CalibrationPlugin`, or None without a data provider.
        """
        if context.data_provider is None:
            return None
        # Late, see above.
        from tfmixup.tensorboard import plugin  # noqa: PLC0415

        return plugin.CalibrationPlugin(context)
