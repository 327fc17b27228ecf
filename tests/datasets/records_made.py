"""TFRecord files of images, made for tests."""

import tensorflow as tf


def _bytes(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def example(image, label, **changes):
    """A serialized record with the usual fields; None leaves one out."""
    fields = {
        "image/encoded": _bytes(image),
        "image/class/label": tf.train.Feature(
            int64_list=tf.train.Int64List(value=[label])
        ),
        "image/class/synset": _bytes(f"n{label:08}".encode()),
        "image/filename": _bytes(b"unused.JPEG"),
    }
    fields = {name: f for name, f in (fields | changes).items() if f}
    features = tf.train.Features(feature=fields)
    return tf.train.Example(features=features).SerializeToString()


def write(path, records):
    """Writes a TFRecord file; returns where each record begins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)
    starts, at = [], 0
    for record in records:
        starts.append(at)
        at += len(record) + 16
    return starts


def flip(path, place):
    """Flips one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
