"""Files that the loaders' tests read: folders of images that are made up."""

import numpy as np
from PIL import Image


def pixels(seed, height=8, width=8, channels=3):
    shape = (height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def save(path, image, **options):
    """Saves uint8 [h, w, c] as the kind of file that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = image[..., 0] if image.shape[-1] == 1 else image
    Image.fromarray(image).save(path, **options)
    return path


def class_folders(root, classes, count, height=8, width=8):
    """PNG files `root/<class>/<i>.png`; image i of class c has seed 100c+i."""
    for index, name in enumerate(classes):
        for i in range(count):
            image = pixels(100 * index + i, height, width)
            save(root / name / f"{i:03}.png", image)
    return root
