"""Tests of tfmixup.datasets.shifts."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from tests.datasets.files import class_folders
from tests.real_data import unpack
from tfmixup.datasets.shifts import gaussian_noise
from tfmixup.datasets.shifts import leave_convex_hull
from tfmixup.datasets.shifts import overlapping_wnids
from tfmixup.datasets.shifts import uniform_noise
from tfmixup.datasets.shifts import unseen_classes

MEAN, STD = [120.0, 110.0, 100.0], [60.0, 50.0, 40.0]


def stacked(dataset):
    return np.stack(list(dataset.as_numpy_iterator()))


def test_gaussian_noise_has_the_moments_and_the_law():
    images = stacked(gaussian_noise(50, (16, 16, 3), MEAN, STD))
    assert images.dtype == np.float32 and images.shape == (50, 16, 16, 3)
    for channel, (mean, std) in enumerate(zip(MEAN, STD, strict=True)):
        drawn = images[..., channel].ravel()
        law = scipy.stats.norm(mean, std)
        # p-values are uniform: below 1e-4 for one seed in ten thousand.
        assert scipy.stats.kstest(drawn, law.cdf).pvalue > 1e-4
        # The standard error of a standard deviation is std / sqrt(2n).
        assert abs(drawn.std() / std - 1) < 5 / np.sqrt(2 * drawn.size)
    assert images.min() < 0 and images.max() > 255, "clipped"


def test_uniform_noise_is_uniform():
    drawn = stacked(uniform_noise(50, (16, 16, 3), -10.0, 30.0)).ravel()
    law = scipy.stats.uniform(-10, 40)
    assert scipy.stats.kstest(drawn, law.cdf).pvalue > 1e-4
    assert -10 <= drawn.min() and drawn.max() < 30


@pytest.mark.parametrize(
    "make",
    [
        lambda count, seed: gaussian_noise(count, (4, 5, 3), MEAN, STD, seed),
        lambda count, seed: uniform_noise(count, (4, 5, 3), seed=seed),
    ],
    ids=["gaussian", "uniform"],
)
def test_an_image_of_noise_is_a_function_of_seed_and_number(make):
    images = stacked(make(9, 1))
    np.testing.assert_array_equal(stacked(make(4, 1)), images[:4])
    np.testing.assert_array_equal(stacked(make(9, 1).skip(5)), images[5:])
    assert len(np.unique(images)) == images.size
    assert not np.intersect1d(stacked(make(9, 2)), images).size
    assert make(9, 1).cardinality() == 9


def test_images_move_by_mu_in_the_mean_square():
    images = np.random.default_rng(0).integers(0, 256, [6, 8, 9, 3], np.uint8)
    for mu in (0.0, 1.0, 500.0):
        moved = leave_convex_hull(images, mu).numpy()
        distance = (moved - images.astype(np.float64)).reshape(6, -1)
        # Sums of pixels up to 255 + mu in float32 round by 2**-17 each.
        np.testing.assert_allclose(
            np.linalg.norm(distance, axis=1), mu, rtol=1e-4, atol=1e-6
        )


def test_directions_are_uniform_in_the_cube_and_differ():
    moved = leave_convex_hull(np.zeros([20, 24, 24, 3]), 1.0).numpy()
    for image in moved:
        # d / |d|: d is U(-1, 1), whose largest of 1,728 is 1 but for 1/1,728.
        cube = image.ravel() / np.abs(image).max()
        law = scipy.stats.uniform(-1, 2)
        assert scipy.stats.kstest(cube, law.cdf).pvalue > 1e-5
    angles = moved.reshape(20, -1) @ moved.reshape(20, -1).T
    # Independent directions in 1,728 dimensions: cosines of 0.024 or so.
    assert np.abs(angles - np.eye(20)).max() < 0.15


def test_one_seed_moves_along_one_ray_however_batches_are_cut():
    images = np.random.default_rng(0).normal(size=[5, 4, 4, 3])
    far = leave_convex_hull(images, 8.0, seed=3).numpy()
    near = leave_convex_hull(images, 2.0, seed=3).numpy()
    images = images.astype(np.float32)
    np.testing.assert_allclose(far - images, 4 * (near - images), atol=1e-5)
    parts = [
        leave_convex_hull(images[:2], 8.0, seed=3),
        leave_convex_hull(images[2:], 8.0, seed=3, first=2),
    ]
    np.testing.assert_array_equal(np.concatenate(parts), far)
    other = leave_convex_hull(images, 8.0, seed=4).numpy()
    assert np.abs(other - far).max() > 0.1


def test_moving_works_inside_a_dataset():
    images = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3, 1)
    dataset = tf.data.Dataset.from_tensors(images)
    [moved] = dataset.map(lambda x: leave_convex_hull(x, 3.0, seed=1))
    np.testing.assert_allclose(
        moved, leave_convex_hull(images, 3.0, seed=1), rtol=1e-6
    )


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: gaussian_noise(0, (4, 4, 3), 0, 1), "`count` must be"),
        (lambda: gaussian_noise(2, (4, 4), 0, 1), "image_shape"),
        (lambda: gaussian_noise(2, (4, 4, 3), 0, -1), "`std` must be >= 0"),
        (lambda: gaussian_noise(2, (4, 4, 3), [0, 1], 1), "3 channels"),
        (lambda: gaussian_noise(2, (4, 4, 3), np.nan, 1), "must be finite"),
        (lambda: uniform_noise(2, (4, 4, 3), 5, 5), "`low` must be less"),
        (lambda: leave_convex_hull(np.zeros([4, 4, 3]), 1), "shape"),
        (lambda: leave_convex_hull(np.zeros([1, 4, 4, 3]), -1), "`mu` must"),
        (lambda: leave_convex_hull(np.zeros([1, 4, 4, 3]), np.nan), "`mu`"),
        (lambda: unseen_classes("x", "cifar10", limit=0), "`limit` must be"),
        (lambda: unseen_classes("x", "mnist"), "cifar10, stl10.*`exclude`"),
    ],
)
def test_arguments_out_of_range_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_list_knows_each_class_and_gives_reasons():
    cifar, stl = overlapping_wnids("cifar10"), overlapping_wnids("stl10")
    # One animal or vehicle for each class.
    for wnid in (
        "n02690373",  # airliner
        "n04285008",  # sports car
        "n01558993",  # robin
        "n02123045",  # tabby
        "n02423022",  # gazelle
        "n02099601",  # golden retriever
        "n02389026",  # sorrel
        "n03095699",  # container ship
        "n04467665",  # trailer truck
    ):
        assert wnid in cifar and wnid in stl
    # CIFAR-10 has frogs and no monkeys, STL-10 the other way round.
    assert "n01641577" in cifar and "n01641577" not in stl
    assert "n02487347" in stl and "n02487347" not in cifar
    # A carpenter's plane, a crane with a hook, and a goldfish are nobody's.
    for wnid in ("n03954731", "n03126707", "n01443537"):
        assert wnid not in cifar and wnid not in stl
    assert all(len(reason.split(": ", 1)[1]) >= 5 for reason in cifar.values())
    assert cifar["n01641577"] == "bullfrog (frog): a frog"


def test_folders_of_seen_classes_are_left_out(tmp_path):
    # Acorns, dogs and monkeys.
    names = ["n02099601", "n02487347", "n12267677"]
    class_folders(tmp_path / "train", names, 2)
    class_folders(tmp_path / "test", names, 5)
    examples = unseen_classes(tmp_path, "cifar10")
    kept = {examples.class_names[label] for label in examples.labels}
    assert kept == {"n02487347", "n12267677"} and len(examples) == 10
    assert len(unseen_classes(tmp_path, "stl10")) == 5
    assert len(unseen_classes(tmp_path, "mnist", exclude=())) == 15
    chosen = unseen_classes(tmp_path, "x", exclude=["n12267677"])
    images, labels = chosen.fetch([0, 9])
    whole = unseen_classes(tmp_path, "x", exclude=())
    np.testing.assert_array_equal(images, whole.fetch([0, 9])[0])


def test_a_limit_takes_evenly_from_the_classes(tmp_path):
    names = [f"n0000000{i}" for i in range(4)]
    class_folders(tmp_path / "train", names, 1)
    class_folders(tmp_path / "test", names, 6)
    examples = unseen_classes(tmp_path, "cifar10", limit=8)
    np.testing.assert_array_equal(np.bincount(examples.labels), [2] * 4)
    again = unseen_classes(tmp_path, "cifar10", limit=8)
    np.testing.assert_array_equal(
        examples.fetch(range(8))[0], again.fetch(range(8))[0]
    )


def test_folders_that_are_no_wnids_need_a_choice(tmp_path):
    class_folders(tmp_path / "train", ["cat", "dog"], 2)
    class_folders(tmp_path / "test", ["cat", "dog"], 2)
    with pytest.raises(ValueError, match="named by wnid.*'cat'.*`exclude`"):
        unseen_classes(tmp_path, "cifar10")
    with pytest.raises(ValueError, match="`exclude` must name.*'cta'"):
        unseen_classes(tmp_path, "cifar10", exclude=["cta"])
    with pytest.raises(ValueError, match="none is unseen"):
        unseen_classes(tmp_path, "cifar10", exclude=["cat", "dog"])


def test_every_ilsvrc_wnid_of_the_list_exists(tmp_path):
    found = unpack("imagenet_samples.tar", tmp_path, lambda name: True)
    names = {
        path.stem.partition("_")[0]: path.stem.partition("_")[2]
        for path in found.rglob("*.JPEG")
    }
    assert len(names) == 1000
    for listed in (overlapping_wnids("cifar10"), overlapping_wnids("stl10")):
        for wnid, reason in listed.items():
            name = reason.split(" (")[0]
            assert names[wnid].replace("_", " ") == name
