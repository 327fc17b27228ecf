import csv
import io

import numpy as np
import pytest

from tests.tensorboard.fake_provider import table
from tfmixup.tensorboard.reader import spreadsheet
from tfmixup.tensorboard.reader.series import Series


def lines(*series):
    return list(csv.DictReader(io.StringIO(spreadsheet.write(series))))


def test_every_digit_of_every_bin_is_there():
    tables = [table(1), table(2)]
    found = lines(Series('a,"b"', "v", [3, 9], [1.5, 2.5], tables, []))
    assert len(found) == 30
    assert found[0]["run"] == 'a,"b"'
    assert [line["step"] for line in found] == ["3"] * 15 + ["9"] * 15
    read = [float(line["confidence_sum"]) for line in found[15:]]
    np.testing.assert_array_equal(read, tables[1][3])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_name_is_a_formula(start):
    name = f"{start}HYPERLINK(1)"
    [first, *_] = lines(Series(name, name, [0], [0.0], [table()], []))
    assert first["run"].startswith("'")
    assert first["tag"].startswith("'")
