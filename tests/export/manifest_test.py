"""Tests of tfmixup.export.manifest."""

import json

import pytest

from tfmixup.export.manifest import describe
from tfmixup.export.manifest import read_manifest
from tfmixup.export.manifest import write_manifest


def manifest(**changes):
    made = describe(
        model="m",
        input={"name": "x", "dtype": "float32", "shape": [None, 2]},
        classes=["a", "b"],
        temperature=1.5,
        bins=None,
        mc_dropout=None,
        commit="abc",
    )
    return {**made, **changes}


def test_what_is_written_is_read(tmp_path):
    write_manifest(tmp_path, manifest())
    found = read_manifest(tmp_path)
    assert found["temperature"] == 1.5 and found["classes"] == ["a", "b"]
    assert found["commit"] == "abc"


def test_a_model_made_otherwise_has_none(tmp_path):
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "is damaged"),
        ("{}", "is damaged.*format"),
        ("[]", "is damaged"),
        (json.dumps(manifest(format=2)), "has format 2.*reads format 1"),
        (json.dumps(manifest(temperature=-1)), "temperature -1"),
    ],
)
def test_a_damaged_manifest_is_named(tmp_path, text, message):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ValueError, match=f"manifest.json.*{message}"):
        read_manifest(tmp_path)
