"""The mixing of a run, of images and of sentences alike."""

__all__ = ["made_stage", "mixed_stream"]


def made_stage(stage_class, settings, num_classes):
    """The mixing stage of a run.

    Args:
        stage_class: a stage of `tfmixup.mixing`.
        settings: `RunSettings`; without alpha nothing is mixed, and the stage
            casts and encodes.
        num_classes: int.

    Returns:
        The stage.
    """
    return stage_class(
        settings.alpha or 0.0,
        num_classes,
        per_example=settings.per_example,
        seed=settings.seed,
        num_groups=settings.mixing_groups or 1,
    )


def mixed_stream(stage, stream, first_step, shard):
    """A stream of batches, mixed by a stage.

    Args:
        stage: as of `made_stage`.
        stream: endless dataset of (features, labels), whose first batch is
            that of `first_step`.
        first_step: int >= 0.
        shard: (index, count): the index-th of count parts of each batch, of
            which each is mixed in itself.

    Returns:
        Endless `tf.data.Dataset` of what the stage makes.
    """
    index, count = shard
    return stage.stream(stream, first_step, index if count > 1 else None)
