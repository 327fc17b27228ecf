"""Tests of experiments.tasks.images; run_test.py has whole runs."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from experiments.run_flags import RunSettings
from experiments.tasks import images as task
from tests.datasets.damaged import encoded
from tests.datasets.files import class_folders
from tests.datasets.files import pixels
from tests.real_data import unpack
from tfmixup.datasets import EncodedExamples
from tfmixup.schedules import LargeBatchSchedule
from tfmixup.schedules import StepSchedule

WHERE = {"data_dir": None, "glove": None}
SETTINGS = RunSettings(augment=False, batch_size=50, seed=3)


def images(examples):
    return {
        image.tobytes() for image, _ in examples.dataset().as_numpy_iterator()
    }


def test_the_honest_protocol_shares_no_example_between_splits():
    splits = task.open_splits(SETTINGS, WHERE)
    sizes = [len(splits[name]) for name in ("train", "validation", "test")]
    assert sum(sizes) == 1797 and min(sizes) > 300
    # Two of the 1,797 digits are equal to the pixel.
    for a, b in (("train", "validation"), ("train", "test")):
        assert len(images(splits[a]) & images(splits[b])) <= 1


def test_the_paper_protocol_selects_on_test_and_trains_on_the_rest():
    honest = task.open_splits(SETTINGS, WHERE)
    paper = task.open_splits(replace(SETTINGS, protocol="paper"), WHERE)
    assert images(paper["validation"]) == images(paper["test"])
    assert images(paper["test"]) == images(honest["test"])
    together = images(honest["train"]) | images(honest["validation"])
    assert images(paper["train"]) == together


def test_the_stream_of_a_later_epoch_is_that_of_the_unbroken_run():
    train = task.open_splits(SETTINGS, WHERE)["train"]
    settings = replace(SETTINGS, method="mixup", alpha=0.4, augment=True)
    steps = len(train) // 50
    unbroken = task.training_stream(settings, train, 0).skip(2 * steps)
    resumed = task.training_stream(settings, train, 2 * steps)
    for (x, y), (a, b) in zip(unbroken.take(2), resumed.take(2), strict=True):
        np.testing.assert_array_equal(x, a)
        np.testing.assert_array_equal(y, b)
        assert y.shape == (50, 10) and np.any((y > 0) & (y < 1))


IMAGENET = replace(
    SETTINGS, dataset="imagenet2012", augment=True, image_size=32, batch_size=16
)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """100 real files of ImageNet, of 100 classes."""
    folder = tmp_path_factory.mktemp("samples")
    return unpack("imagenet_samples_raw_100.tar", folder, lambda name: True)


def where(folder, cache):
    return {"data_dir": folder, "cache_dir": cache, "glove": None}


def test_imagenet_stays_encoded_and_is_cropped_at_random(samples, tmp_path):
    splits = task.open_splits(IMAGENET, where(samples, tmp_path))
    train = splits["train"]
    assert isinstance(train, EncodedExamples) and train.num_classes == 100
    assert train.image_shape == (32, 32, 3)
    ((augmented, _),) = task.training_stream(IMAGENET, train, 0).take(1)
    plain = replace(IMAGENET, augment=False)
    ((central, labels),) = task.training_stream(plain, train, 0).take(1)
    assert augmented.shape == central.shape == (16, 32, 32, 3)
    rows = [int(label) for label in np.argmax(labels, axis=1)]
    index = [int(np.flatnonzero(train.labels == row)[0]) for row in rows]
    np.testing.assert_array_equal(central, train.fetch(index)[0])
    assert (augmented.numpy() != central.numpy()).any(axis=(1, 2, 3)).all()


def test_other_images_can_be_given_a_size(tmp_path):
    class_folders(tmp_path, ["a", "b"], 10, 8, 12)
    settings = replace(SETTINGS, dataset="image_folder", image_size=6)
    splits = task.open_splits(settings, where(tmp_path, None))
    assert splits["test"].image_shape == (6, 6, 3)


@pytest.mark.parametrize("name", ["image_folder", "my flowers", "cats/dogs"])
def test_images_of_ones_own_have_any_name(tmp_path, name):
    class_folders(tmp_path / "train", ["a", "b"], 20)
    class_folders(tmp_path / "test", ["a", "b"], 5)
    settings = replace(SETTINGS, dataset=name, image_size=None)
    splits = task.open_splits(settings, where(tmp_path, None))
    assert [len(splits[n]) for n in ("train", "validation", "test")] == [
        36,
        4,
        10,
    ]
    assert splits["test"].name == name


def test_texts_that_were_taken_for_images_are_told_their_model(tmp_path):
    settings = replace(SETTINGS, dataset="reviews", image_size=None)
    (tmp_path / "good.txt").write_text("a film\n")
    with pytest.raises(ValueError, match="Texts: --model=sentence_cnn"):
        task.open_splits(settings, where(tmp_path, None))


def with_damage(root, count):
    class_folders(root, ["a", "b"], 200)
    for i in range(count):
        content = encoded(pixels(i, 32, 32), "JPEG")[:-200]
        (root / "a" / f"cut {i}.JPEG").write_bytes(content)
    return root


def test_images_that_cannot_be_decoded_end_the_run_or_are_counted(
    tmp_path, capsys
):
    settings = replace(IMAGENET, protocol="paper")
    place = where(with_damage(tmp_path / "data", 1), tmp_path / "cache")
    with pytest.raises(ValueError, match=r"1 of .*cut 0\.JPEG.*--skip_corrupt"):
        task.open_splits(settings, place)
    splits = task.open_splits(replace(settings, skip_corrupt=True), place)
    assert len(splits["train"]) + len(splits["test"]) == 400
    output = capsys.readouterr().out
    assert "left out 1 of" in output and "cut 0.JPEG" in output


def test_more_than_one_percent_of_damage_is_an_error(tmp_path):
    place = where(with_damage(tmp_path / "data", 10), tmp_path / "cache")
    with pytest.raises(ValueError, match="At most 1% of the images"):
        task.open_splits(replace(IMAGENET, skip_corrupt=True), place)


def test_the_schedule_is_that_of_the_flag():
    train = range(4096)
    settings = replace(
        SETTINGS,
        batch_size=1024,
        learning_rate=0.1,
        epochs=90,
        decay_factor=0.5,
    )
    paper = task.optimizer(settings, train)
    assert isinstance(paper._learning_rate, StepSchedule)
    goyal = task.optimizer(replace(settings, schedule="goyal"), train)
    assert isinstance(goyal, keras.optimizers.SGD) and goyal.nesterov
    schedule = goyal._learning_rate
    assert isinstance(schedule, LargeBatchSchedule)
    # 4 steps an epoch: from 0.1 to 0.4 in 20 steps, a tenth from epoch 30 on.
    rates = [float(schedule(step)) for step in (0, 10, 20, 119, 120)]
    np.testing.assert_allclose(rates, [0.1, 0.25, 0.4, 0.4, 0.04], rtol=1e-6)


def test_networks_for_imagenet_are_normalized_with_its_own_numbers(tmp_path):
    settings = replace(
        IMAGENET, model="resnet50", width=2, dropout=0.0, weight_decay=0.0
    )
    folder = class_folders(tmp_path / "data", ["a", "b"], 10)
    train = task.open_splits(settings, where(folder, tmp_path / "cache"))
    model = task.build_model(settings, train["train"], None)
    layer = model.get_layer("normalization")
    # An image of the mean of ImageNet becomes 0.
    grey = np.array([[[[123.675, 116.28, 103.53]]]], np.float32)
    np.testing.assert_allclose(layer(grey), 0, atol=1e-5)
