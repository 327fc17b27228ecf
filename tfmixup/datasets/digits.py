"""The handwritten digits embedded in scikit-learn: no file, no network."""

import numpy as np

from tfmixup.datasets.examples import Examples

__all__ = ["Digits"]


class Digits:
    """1,797 grey 8x8 images of the digits 0 to 9.

    Their 17 grey levels 0..16 are scaled to 0..255 and rounded half up:
    (255 * level + 8) // 16. There is no official split.

    Attributes:
        splits: ("train",), which is everything.

    Example:

    >>> Digits().open(["train"])
    Examples(digits/train: 1797 images (8, 8, 1), 10 classes)

    Reference: Alpaydin and Kaynak, 1998, Optical Recognition of Handwritten
    Digits, https://doi.org/10.24432/C50P49 (its test part).
    """

    splits = ("train",)

    def open(self, splits, image_size=None):
        """See `ClassFolders.open`."""
        if image_size is not None and tuple(image_size) != (8, 8):
            raise ValueError(
                "The digits are 8x8 and are not resized. "
                f"Received: image_size={tuple(image_size)}."
            )
        # Late: importing scikit-learn takes a second that other sets spare.
        from sklearn.datasets import load_digits  # noqa: PLC0415

        digits = load_digits()
        levels = digits.images.astype(np.int64)
        images = ((255 * levels + 8) // 16).astype(np.uint8)
        names = [str(digit) for digit in range(10)]
        return Examples.from_arrays(
            images[..., None], digits.target, names, "digits", "+".join(splits)
        )
