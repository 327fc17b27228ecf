"""Images that cannot be decoded, found before training begins.

A batch has a fixed size, and the batch of each step is a function of the seed
and the step; an image that is dropped while training goes on would break both.
And a truncated file passes unnoticed whenever a random window lies above the
cut. So every image is decoded once, whole, and what was found is kept.
"""

import hashlib
import json
import pathlib

import numpy as np
import tensorflow as tf

from tfmixup.datasets.crops import image_sizes
from tfmixup.datasets.encoded import reason_of
from tfmixup.datasets.image_files import decode_image
from tfmixup.datasets.record_index import default_cache
from tfmixup.files import write_cache

__all__ = ["faulty_images", "without_faulty"]


def faulty_images(examples, cache_dir=None):
    """Decodes every image once; the images that cannot be.

    Images are not looked at again while the names, sizes and times of their
    files stay.

    Args:
        examples: `EncodedExamples`.
        cache_dir: where the result is kept; None for `default_cache()`.

    Returns:
        dict from the position in `examples` to what is wrong there: the name
        of the file (and the record in it), and the reason.
    """
    source, rows = examples.source, examples.rows
    key = json.dumps(source.fingerprint(rows))
    key = hashlib.sha256(key.encode()).hexdigest()[:32]
    cache = pathlib.Path(cache_dir or default_cache()).expanduser()
    cache /= f"faulty-{key}.json"
    try:
        known = json.loads(cache.read_text(encoding="utf-8"))
        return {int(place): what for place, what in known.items()}
    except (OSError, ValueError, AttributeError):
        pass  # It is not there, or damaged, and made again.
    found = {
        int(place): f"{source.name_of(rows[place])} ({reason})"
        for place in _not_decoded(source, rows)
        # An error that does not come again was none of the image.
        if (reason := reason_of(source, rows[place])) is not None
    }
    write_cache(
        cache,
        lambda file: file.write_text(json.dumps(found), encoding="utf-8"),
    )
    return found


def without_faulty(examples, faulty, skip=False, limit=0.01):
    """The examples without those that cannot be decoded, if that is wanted.

    Args:
        examples: `EncodedExamples`.
        faulty: dict as of `faulty_images`.
        skip: whether they may be left out; if not, they are an error.
        limit: float, the largest part that may be left out.

    Returns:
        `EncodedExamples`.

    Raises:
        ValueError: images at fault that may not be left out, or too many.
    """
    if not faulty:
        return examples
    name = f"{examples.name}/{examples.split}"
    what = f"{len(faulty)} of {len(examples)} in {name}, the first " + next(
        iter(faulty.values())
    )
    if not skip:
        raise ValueError(
            "Each image must be a whole JPEG or PNG file. Received faulty "
            f"ones: {what}. Replace or remove them. To leave up to "
            f"{limit:.0%} of the images out, pass skip=True (--skip_corrupt)."
        )
    if len(faulty) > limit * len(examples):
        raise ValueError(
            f"At most {limit:.0%} of the images may be left out. Received "
            f"faulty ones: {what}. Look whether the copy is complete."
        )
    return examples.subset(np.setdiff1d(range(len(examples)), [*faulty]))


def _not_decoded(source, rows):
    """Places of the images that a decoder refused."""

    def decode(place, row):
        contents = source.read(row[None])
        # The header first: what claims to be huge is not decoded.
        with tf.control_dependencies([image_sizes(contents)]):
            image = decode_image(contents[0])
        with tf.control_dependencies([image]):
            return tf.identity(place)

    places = np.arange(len(rows), dtype=np.int64)
    dataset = tf.data.Dataset.from_tensor_slices((places, rows))
    dataset = dataset.map(decode, tf.data.AUTOTUNE, deterministic=False)
    decoded = list(dataset.ignore_errors().batch(1024).as_numpy_iterator())
    return np.setdiff1d(places, np.concatenate(decoded or [places[:0]]))
