"""Tests of tfmixup.datasets.text_tables."""

import csv

import hypothesis
import hypothesis.strategies as st
import pandas as pd
import pytest

from tfmixup.datasets.text_tables import read_table

# No zeros, and nothing that is blank at an end; a text is never blank.
FIELDS = (
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"),
        min_size=1,
        max_size=20,
    )
    .map(str.strip)
    .filter(bool)
)


def write(folder, data, name="reviews.csv"):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    "data",
    [
        "text,label\na film,good\na bore,bad\n",
        "id,Label,rating,TEXT\n1,good,9,a film\n2,bad,1,a bore",
        "text,label\r\n\r\na film,good\r\na bore,bad\r\n\r\n,\r\n",
        "\ufefftext,label\na film,good\na bore,bad\n",
        '"text","label"\n"a film","good"\n"a bore","bad"\n',
        " text , label \n a film , good\na bore ,bad\n",
    ],
)
def test_columns_are_found_by_their_names(tmp_path, data):
    texts, labels = read_table(write(tmp_path, data))
    assert texts == ["a film", "a bore"] and labels == ["good", "bad"]


def test_quotation_marks_are_those_of_each_kind(tmp_path):
    data = 'text,label\n"Short, ""good""\nand new",1\n'
    texts, labels = read_table(write(tmp_path, data))
    assert texts == ['Short, "good"\nand new'] and labels == ["1"]
    # As the sentences of GLUE are: an odd number of marks.
    data = 'label\ttext\n0\t"unfinished\n1\tsay "so", they\n'
    texts, labels = read_table(write(tmp_path, data, "reviews.TSV"))
    assert texts == ['"unfinished', 'say "so", they'] and labels == ["0", "1"]


def test_long_texts_are_no_error_and_the_limit_of_python_stays(tmp_path):
    limit = csv.field_size_limit()
    data = "text,label\n" + "word " * 100000 + ",a\n"
    texts, _ = read_table(write(tmp_path, data))
    assert len(texts[0]) == 499999
    assert csv.field_size_limit() == limit


@hypothesis.given(st.lists(st.tuples(FIELDS, FIELDS), min_size=1, max_size=5))
def test_what_pandas_writes_is_read(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "written.csv"
    pd.DataFrame(rows, columns=["text", "label"]).to_csv(path, index=False)
    texts, labels = read_table(path)
    assert list(zip(texts, labels, strict=True)) == rows


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", r"must name its columns.*the columns \[\]"),
        ("a film,good\na bore,bad\n", r"the columns \['a film', 'good'\]"),
        ("text;label\na film;good\n", r"the columns \['text;label'\]"),
        ("text,label,text\na,b,c\n", "must name its columns"),
        ("text,label\na,b\na, film,b\n", "2 fields.*Received: 3 in line 3"),
        ("text,label\na,b\n\na\n", "2 fields.*Received: 1 in line 4"),
        ("text,label\na,b\n,b\nb, \n", "2 of 3 have not, the first in line 3"),
        ('text,label\n"a "film",b\n', "must be quoted.*near line 2"),
        ('text,label\na,b\n"a film,b\nc,d\n', "must be quoted.*near line 4"),
        (b"text,label\ncaf\xe9,b\n", "Expected text in utf-8.*in line 2"),
    ],
)
def test_bad_tables_are_refused_by_file_and_line(tmp_path, data, message):
    path = write(tmp_path, data)
    with pytest.raises(ValueError, match=message) as why:
        read_table(path)
    assert repr(str(path)) in str(why.value)
