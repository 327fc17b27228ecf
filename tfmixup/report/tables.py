"""Tables as text."""

__all__ = ["to_markdown"]


def to_markdown(table, digits=4):
    """A pandas table as a Markdown table.

    Args:
        table: `pandas.DataFrame`, its index unnamed or named.
        digits: int, of floats, after the decimal point. NaN is left blank.

    Returns:
        str, of one line for each row and two of heading.

    Example:

    >>> import pandas
    >>> table = pandas.DataFrame({"value": [0.5, None]}, index=["ece", "oe"])
    >>> print(to_markdown(table, digits=2))
    |  | value |
    | --- | ---: |
    | ece | 0.50 |
    | oe |  |
    """

    def write(cell):
        if isinstance(cell, float):
            return "" if cell != cell else f"{cell:.{digits}f}"
        return str(cell).replace("|", "\\|")

    numeric = [kind.kind in "fiu" for kind in table.dtypes]
    lines = [
        [table.index.name or "", *table.columns],
        ["---", *["---:" if number else "---" for number in numeric]],
        *[
            [name, *row]
            for name, row in zip(
                table.index, table.itertuples(index=False), strict=True
            )
        ],
    ]
    return "\n".join(
        "| " + " | ".join(write(cell) for cell in line) + " |" for line in lines
    )
