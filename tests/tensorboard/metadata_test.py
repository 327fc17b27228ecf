import json

import pytest

from tfmixup.tensorboard import metadata


@pytest.mark.parametrize("kind", metadata.KINDS)
@pytest.mark.parametrize("population", metadata.POPULATIONS)
def test_what_is_written_is_read(kind, population):
    read = metadata.parse(metadata.content(kind, population))
    assert read == {"kind": kind, "population": population}


@pytest.mark.parametrize(
    "stored, reason",
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no JSON object"),
        (b"{}", "names no version"),
        (b'{"version": true}', "names no version"),
        (b'{"version": 2}', "format version 2, and this plugin reads 1"),
        (b'{"version": 1}', "no known kind"),
        (b'{"version": 1, "kind": ["calibration"]}', "no known kind"),
    ],
)
def test_what_others_wrote_is_refused_with_the_reason(stored, reason):
    with pytest.raises(metadata.Unreadable, match=reason):
        metadata.parse(stored)


def test_fields_of_later_writers_of_the_same_version_are_ignored():
    fields = json.loads(metadata.content("calibration"))
    stored = json.dumps({**fields, "color": "red"}).encode()
    assert metadata.parse(stored)["kind"] == "calibration"


def test_unknown_words_are_refused_when_writing():
    with pytest.raises(ValueError, match="Received: kind='bins'"):
        metadata.content("bins")
    with pytest.raises(ValueError, match="Received: population=None"):
        metadata.content("calibration", None)
