"""Tests of tfmixup.export.opening."""

import shutil

import pytest
import tensorflow as tf

from tests.export import made
from tfmixup.export import export_saved_model
from tfmixup.export import open_saved_model


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "model"
    export_saved_model(made.small(), path, from_logits=True)
    return path


@pytest.mark.parametrize(
    "part, message",
    [
        ("saved_model.pb", "has no saved_model.pb"),
        ("variables/variables.index", "no variables/variables.index"),
        ("variables/variables.data-00000-of-00001", "0 of 1 files"),
    ],
)
def test_a_missing_part_is_named(whole, tmp_path, part, message):
    copy = shutil.copytree(whole, tmp_path / "copy")
    (copy / part).unlink()
    with pytest.raises(ValueError, match=f"copy is no SavedModel.*{message}"):
        open_saved_model(copy)


@pytest.mark.parametrize(
    "part",
    [
        "saved_model.pb",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001",
    ],
)
def test_a_truncated_part_is_an_error_that_names_the_model(
    whole, tmp_path, part
):
    copy = shutil.copytree(whole, tmp_path / "copy")
    content = (copy / part).read_bytes()
    (copy / part).write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="copy cannot be loaded"):
        open_saved_model(copy)


def test_no_directory_and_a_file_are_named(tmp_path):
    with pytest.raises(ValueError, match="there is no such directory"):
        open_saved_model(tmp_path / "nothing")
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="there is no such directory"):
        open_saved_model(tmp_path / "file")


def test_a_model_without_variables_loads(tmp_path):
    class Plain(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 2])])
        def __call__(self, x):
            return {"probabilities": tf.nn.softmax(x)}

    module = Plain()
    tf.saved_model.save(module, str(tmp_path / "m"))
    served = open_saved_model(tmp_path / "m")
    assert "serving_default" in served.signatures
