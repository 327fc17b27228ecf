"""Tests of tools/conformance."""

import importlib.machinery
import importlib.util
import json
import pathlib
from fractions import Fraction

import numpy as np
import pytest

from tests import reference

PATH = pathlib.Path(__file__).parents[2] / "tools" / "conformance"


def imported():
    loader = importlib.machinery.SourceFileLoader("conformance_tool", str(PATH))
    spec = importlib.util.spec_from_loader("conformance_tool", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


tool = imported()
VECTORS = {
    vector.name: vector
    for vector in tool.golden_vectors()
    if vector.repeats == 1
}


def from_the_paper(labels, rows, num_bins):
    confidence, correct = reference.winners(labels, rows)
    confidence = confidence.astype(max(confidence.dtype, np.dtype("float32")))
    if not np.isfinite(confidence).all() or not len(labels):
        return np.nan
    bins = reference.bins(confidence, correct, num_bins)
    return reference.expected_calibration_error(*bins)


def closed_on_the_left(labels, rows, num_bins):
    confidence, correct = reference.winners(labels, rows)
    confidence = np.nan_to_num(confidence, posinf=1)
    place = np.minimum((confidence * num_bins).astype(int), num_bins - 1)
    gaps = np.bincount(place, confidence - correct, num_bins)
    return np.abs(gaps).sum() / max(len(labels), 1)


def cell(function, name):
    def unweighted(labels, rows, num_bins, weight):
        if weight is not None:
            raise tool.Unsupported
        return function(labels, rows, num_bins)

    return tool.verdict(unweighted, VECTORS[name])


@pytest.mark.parametrize("name", VECTORS)
def test_the_reference_conforms(name):
    assert cell(from_the_paper, name)[0] in ("exact", "refused", "-")


def test_a_wrong_edge_is_found():
    assert cell(closed_on_the_left, "random, float64") == ("exact", True)
    found, right = cell(closed_on_the_left, "on the edges of 10 bins, float64")
    assert found.startswith("WRONG") and not right


def test_what_should_be_refused_must_be():
    assert cell(lambda *_: 0.1, "a row of NaN") == ("WRONG 0.1000", False)
    assert cell(lambda *_: np.nan, "a row of NaN") == ("refused", True)


def test_an_error_where_there_is_an_answer_is_no_answer():
    def broken(*_):
        raise RuntimeError("out of order")

    assert cell(broken, "one example") == ("ERROR", False)
    assert cell(broken, "no example") == ("refused", True)


def test_rounding_is_told_from_being_wrong():
    def rounded(labels, rows, num_bins):
        return from_the_paper(labels, rows, num_bins) + 1e-8

    assert cell(rounded, "one example") == ("1e-08", False)


def test_a_function_is_found_by_name_and_scored(capsys):
    name = f"{__name__}:closed_on_the_left"
    assert tool.main(["--only=no such name", f"--function={name}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert name in lines[1] and len(lines) == 2 + len(tool.golden_vectors())


def test_json_lines_carry_exact_answers(capsys):
    tool.main(["--only=no such name", "--json"])
    lines = capsys.readouterr().out.splitlines()
    records = {r["name"]: r for r in map(json.loads, lines)}
    for name, vector in VECTORS.items():
        record = records[name]
        rows = np.array(record["probabilities"], record["dtype"])
        np.testing.assert_array_equal(
            rows.reshape(vector.probabilities.shape), vector.probabilities
        )
        if vector.errors:
            found = {k: Fraction(v) for k, v in record["errors"].items()}
            assert found == vector.errors


def test_tfmixup_conforms():
    for name, vector in VECTORS.items():
        found, right = tool.verdict(tool.tfmixup_arrays, vector)
        assert right, (name, found)
