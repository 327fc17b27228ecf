"""Tests of the helper for real data."""

import pytest

from tests import real_data


@pytest.mark.parametrize("variable", [None, "1"])
def test_missing_data_skip_a_test_or_fail_it_by_name(
    variable, tmp_path, monkeypatch
):
    monkeypatch.setattr(real_data, "FOLDER", tmp_path)
    monkeypatch.setattr(real_data.fashion_mnist, "DEBIAN_FOLDER", "/nowhere")
    monkeypatch.delenv(real_data.VARIABLE, raising=False)
    ending = pytest.skip.Exception
    if variable:
        monkeypatch.setenv(real_data.VARIABLE, variable)
        ending = pytest.fail.Exception
    with pytest.raises(ending, match=f"needs real data: {tmp_path}/mr"):
        real_data.real("mr")
    with pytest.raises(ending, match="x.tar"):
        real_data.unpack("x.tar", tmp_path, lambda name: True)
    with pytest.raises(ending, match="apt-get install dataset-fashion-mnist"):
        real_data.debians_fashion_mnist()


def test_data_that_are_there_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(real_data, "FOLDER", tmp_path)
    (tmp_path / "mr").mkdir()
    assert real_data.real("mr") == tmp_path / "mr"
