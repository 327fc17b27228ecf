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
        ("{", "it is no JSON"),
        ("", "it is no JSON"),
        ("\x00\xff", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("{}", "format None"),
        ("[]", "no JSON object"),
        ("3", "no JSON object"),
        (json.dumps(manifest(format=2)), "has format 2.*reads format 1"),
        (json.dumps(manifest(temperature=-1)), "`temperature` must.*is -1"),
        (json.dumps(manifest(temperature=True)), "`temperature` must.*True"),
        (json.dumps(manifest(temperature="1")), "`temperature` must.*'1'"),
        (json.dumps(manifest(temperature=None)), "`temperature` must.*None"),
        (json.dumps(manifest(temperature=float("nan"))), "must.*nan"),
        (json.dumps(manifest(temperature=float("inf"))), "must.*inf"),
        (json.dumps(manifest(classes=["a"])), "`classes` must be a list"),
        (json.dumps(manifest(classes="ab")), "`classes` must be a list"),
        (json.dumps(manifest(classes=[1, 2])), "`classes` must be a list"),
        (json.dumps(manifest(model=3)), "`model` must be a string"),
        (json.dumps(manifest(versions=[])), "`versions` must be an object"),
        (json.dumps(manifest(mc_dropout=3)), "`mc_dropout` must be null"),
        (
            json.dumps(manifest(bins={"count": [1], "confidence": [1]})),
            "`bins` must be null, or equally long",
        ),
        (
            json.dumps(
                manifest(
                    bins={"count": [1], "confidence": [1, 2], "correct": [1]}
                )
            ),
            "`bins` must be null, or equally long",
        ),
        (
            json.dumps(
                manifest(
                    bins={"count": [-1], "confidence": [0.5], "correct": [1]}
                )
            ),
            "`bins` must be null, or equally long",
        ),
        (
            json.dumps(manifest(input={"name": "x", "dtype": "float32"})),
            "`input` must be an object",
        ),
        (
            json.dumps(
                manifest(input={"name": "x", "dtype": "what", "shape": []})
            ),
            "`input` must be an object",
        ),
        (
            json.dumps(
                manifest(input={"name": "x", "dtype": "uint8", "shape": ["a"]})
            ),
            "`input` must be an object",
        ),
    ],
)
def test_a_damaged_manifest_is_named(tmp_path, text, message):
    (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=f"manifest.json.*{message}"):
        read_manifest(tmp_path)
