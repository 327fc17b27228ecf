"""Small data sets in the layouts of real ones, made of what is at hand."""

import numpy as np
from sklearn.datasets import load_sample_images

from tests.datasets.files import save

CIFAR10 = "airplane automobile bird cat deer dog frog horse ship truck".split()
_TOPICS = ("ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM")
_WORDS = ("great", "dull", "film", "plot", "scene", "who", "where", "is", "the")


def write_crops(root, classes, count, size=32, seed=0):
    """Class folders `root/<class>/<i>.png` of parts of two photographs.

    They are scikit-learn's sample images (CC BY 2.0).
    """
    photographs = load_sample_images().images
    random = np.random.default_rng(seed)
    for name in classes:
        for i in range(count):
            whole = photographs[random.integers(len(photographs))]
            top, left = random.integers(np.array(whole.shape[:2]) - size)
            part = whole[top : top + size, left : left + size]
            save(root / name / f"{i:03}.png", part)
    return root


def write_movie_reviews(root, count=60):
    """The two files of MR, `count` sentences of each class."""
    root.mkdir(parents=True)
    for name, word in (("neg", "dull"), ("pos", "great")):
        lines = [f"the {word} film {name}{i} .\n" for i in range(count)]
        (root / f"rt-polarity.{name}").write_text("".join(lines))
    return root


def write_questions(root, count=20):
    """The two files of TREC, `count` training questions of each class."""
    root.mkdir(parents=True)
    for name, size in (("TREC.train", count), ("TREC.test", count // 2)):
        lines = [
            f"{topic}:other where is the {topic.lower()}{i} ?\n"
            for i in range(size)
            for topic in _TOPICS
        ]
        (root / name).write_text("".join(lines))
    return root


def write_long_reviews(root, count=60):
    """The folders of IMDB, `count` reviews of each class and split."""
    for split in ("train", "test"):
        for kind, word in (("pos", "great"), ("neg", "dull")):
            folder = root / split / kind
            folder.mkdir(parents=True)
            for i in range(count):
                text = f"A {word} film, {split} {i}." + " The plot is." * 5
                (folder / f"{i}_9.txt").write_text(text)
    return root


def write_vectors(path, length=8):
    """A file of word vectors as GloVe writes it."""
    random = np.random.default_rng(0)
    path.write_text(
        "".join(
            f"{word} {' '.join(f'{x:.4f}' for x in random.normal(size=length))}"
            "\n"
            for word in _WORDS
        )
    )
    return path
