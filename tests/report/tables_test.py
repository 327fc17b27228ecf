import numpy as np
import pandas as pd

from tfmixup.report.tables import to_markdown


def test_a_table_has_a_heading_and_a_line_for_each_row():
    table = pd.DataFrame(
        {"value": [0.12345, np.nan], "n": [1, 20], "verdict": ["a|b", ""]},
        index=["ece", "oe"],
    )
    assert to_markdown(table, digits=3).split("\n") == [
        "|  | value | n | verdict |",
        "| --- | ---: | ---: | --- |",
        "| ece | 0.123 | 1 | a\\|b |",
        "| oe |  | 20 |  |",
    ]


def test_the_name_of_the_index_heads_its_column():
    table = pd.DataFrame({"x": [np.float32(0.5)]}, pd.Index(["a"], name="row"))
    assert to_markdown(table).split("\n")[0] == "| row | x |"
    assert to_markdown(table).split("\n")[2] == "| a | 0.5000 |"
