"""Series as bytes that a browser reads without parsing a number.

    4 bytes   length of the header, little-endian
    header    JSON, padded with spaces so that the numbers start at a
              multiple of 8 bytes
    numbers   float64, little-endian: of each series, of each step, the rows
              of `metadata.ROWS`

10,000 diagrams of 15 bins are 6 MB of exact numbers; as JSON they would take
the server and the browser seconds.
"""

import json
import struct

import numpy as np

# So many reasons are shown one by one; the rest is only counted.
REASONS_SHOWN = 20


def pack(series, skipped):
    """Bytes of series and of what was left out.

    Args:
        series: list of `Series`.
        skipped: list of `Skipped`.

    Returns:
        bytes.

    Example:

    >>> packed = pack([], [])
    >>> unpack(packed)["series"]
    []
    """
    header = {
        "series": [_about(one) for one in series],
        "skipped": [reason._asdict() for reason in skipped[:REASONS_SHOWN]],
        "num_skipped": len(skipped),
    }
    # Non-finite numbers never get here; if one did, no browser could read it.
    text = json.dumps(header, allow_nan=False).encode()
    text += b" " * (-(4 + len(text)) % 8)
    tables = [table.ravel() for one in series for table in one.tables]
    numbers = np.concatenate(tables) if tables else np.zeros(0)
    return struct.pack("<I", len(text)) + text + numbers.astype("<f8").tobytes()


def unpack(packed):
    """Reads what `pack` made; what the front end does, in Python.

    Args:
        packed: bytes.

    Returns:
        dict as in the header; each of its `series` also has `tables`, a list
        of float64 `[5, num_bins]`.
    """
    [length] = struct.unpack("<I", packed[:4])
    header = json.loads(packed[4 : 4 + length])
    numbers = np.frombuffer(packed, "<f8", offset=4 + length)
    for one in header["series"]:
        sizes = [5 * num_bins for num_bins in one["num_bins"]]
        parts = np.split(numbers[: sum(sizes)], np.cumsum(sizes)[:-1])
        one["tables"] = [part.reshape(5, -1) for part in parts if part.size]
        numbers = numbers[sum(sizes) :]
    return header


def _about(one):
    return {
        "run": one.run,
        "tag": one.tag,
        "steps": one.steps,
        "wall_times": one.wall_times,
        "num_bins": [table.shape[1] for table in one.tables],
        "nll": one.nll,
    }
