"""What data are, wherever they lie: digests that tell two sets apart."""

import hashlib
import json
import os
import pathlib

import numpy as np

__all__ = ["digest_of", "digest_of_file"]

_BULK = 256
_READ = 2**20


def digest_of(examples):
    """Counts and digests of a split, the same wherever its data lie.

    Two splits whose digests are equal train the same model. Which of them
    differ says what is different, in words that a message can use:

    - "examples", "classes": how many there are;
    - "class names", "labels": digests of these, in their order;
    - "pixels", or of texts "words": a digest of what lies in memory, every
      pixel, and every word by its place in the vocabulary;
    - "file names and sizes": instead of pixels where images stay in files,
      since a set that does not fit in memory is not read for its name. The
      names are relative to the folder that all the files share. A file whose
      content was exchanged for another of exactly as many bytes is not
      noticed.

    Args:
        examples: `Examples`, `EncodedExamples` or `TextExamples`.

    Returns:
        dict from the names above to int (counts) or str (digests, 32
        hexadecimal digits): JSON values.

    Raises:
        ValueError, OSError: a file that cannot be read or looked at.

    Example:

    >>> from tfmixup.datasets import open_examples
    >>> train = open_examples("digits", "train")
    >>> list(digest_of(train))
    ['examples', 'classes', 'class names', 'labels', 'pixels']
    >>> digest_of(train) == digest_of(open_examples("digits", "train"))
    True
    >>> test = digest_of(open_examples("digits", "test"))
    >>> [name for name, what in digest_of(train).items() if what != test[name]]
    ['examples', 'labels', 'pixels']
    """
    found = {
        "examples": len(examples),
        "classes": examples.num_classes,
        "class names": _digest_of_json(examples.class_names),
        # Little-endian on every machine.
        "labels": _digest(examples.labels.astype("<i8").tobytes()),
    }
    files = examples.files()
    if files is not None:
        found["file names and sizes"] = _digest_of_json(_relative(files))
        return found
    content = hashlib.sha256(str(examples.image_shape).encode())
    for start in range(0, len(examples), _BULK):
        stop = min(start + _BULK, len(examples))
        batch = examples.fetch(np.arange(start, stop))[0].numpy()
        content.update(batch.astype(batch.dtype.newbyteorder("<")).tobytes())
    vocabulary = getattr(examples, "vocabulary", None)
    if vocabulary is None:
        found["pixels"] = _short(content)
    else:
        content.update(json.dumps(vocabulary.words).encode())
        found["words"] = _short(content)
    return found


def digest_of_file(path):
    """Size and digest of a file's bytes, such as a file of word vectors.

    Args:
        path: the file, whatever it is called and wherever it lies.

    Returns:
        {"bytes": int, "content": str}.

    Raises:
        OSError: a file that cannot be read.

    Example:

    >>> import tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "vectors.txt")
    >>> _ = path.write_text("film 1 2")
    >>> digest_of_file(path)
    {'bytes': 8, 'content': '572b6aa6aeca8fdf0f205be7c42243e7'}
    """
    content = hashlib.sha256()
    size = 0
    with open(pathlib.Path(path).expanduser(), "rb") as file:
        while block := file.read(_READ):
            content.update(block)
            size += len(block)
    return {"bytes": size, "content": _short(content)}


def _relative(files):
    """The same list, with names below the folder that all files share."""
    absolute = [os.path.abspath(path) for path, *_ in files]
    shared = os.path.commonpath({os.path.dirname(path) for path in absolute})
    return [
        # What is no UTF-8 in a name is escaped by JSON.
        [path[len(shared) :].lstrip(os.sep), *what]
        for path, (_, *what) in zip(absolute, files, strict=True)
    ]


def _digest(data):
    return _short(hashlib.sha256(data))


def _digest_of_json(value):
    return _digest(json.dumps(value).encode())


def _short(sha256):
    return sha256.hexdigest()[:32]
