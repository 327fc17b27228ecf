"""Real data that some tests read; without them these tests are skipped.

A machine that must have the data sets TFMIXUP_TEST_REAL_DATA, as `.ci/run`
does: there a test whose data are missing fails.
"""

import os
import pathlib
import tarfile

import pytest

from tfmixup.datasets import fashion_mnist

VARIABLE = "TFMIXUP_TEST_REAL_DATA"
FOLDER = pathlib.Path(__file__).parents[1].parent / "shared" / "data"


def missing(what):
    """Ends a test whose data are not on this machine."""
    if os.environ.get(VARIABLE):
        pytest.fail(f"needs {what}, and {VARIABLE} is set", pytrace=False)
    pytest.skip(f"needs {what}")


def real(name):
    """The path of a file or folder of real data, such as "mr"."""
    path = FOLDER / name
    if not path.exists():
        missing(f"real data: {path}")
    return path


def debians_fashion_mnist():
    """The folder of Debian's Fashion-MNIST."""
    folder = pathlib.Path(fashion_mnist.DEBIAN_FOLDER)
    if not folder.is_dir():
        missing("Fashion-MNIST: apt-get install dataset-fashion-mnist")
    return folder


def unpack(archive, root, wanted, whole=False):
    """Unpacks the members of a real archive that `wanted(name)` accepts.

    Unless the `whole` archive is searched, what comes before `train/` is.
    """
    with tarfile.open(real(archive)) as tar:
        for member in tar:
            if not whole and member.name.startswith("train/"):
                break  # the names are sorted, and nothing of train is used
            if member.isfile() and wanted(member.name):
                target = root / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(tar.extractfile(member).read())
    return root
