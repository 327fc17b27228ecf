"""What every picture owes, whatever it shows."""

import struct

from matplotlib.text import Text

from tfmixup.diagrams import save


def png_size(path):
    """(width, height) from the header of a PNG, checked to be whole."""
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert content[-8:-4] == b"IEND"
    return struct.unpack(">II", content[16:24])


def check_picture(figure, folder, shared=False):
    """Renders a figure and checks that it can be read.

    All axes say what they show, and no two texts lie on one another. With
    `shared`, inner axes leave that to the outer ones.
    """
    [path] = save(figure, folder / "picture.png", dpi=50)
    # Fractions of a dot are cut off; 4.6 * 50 is a little less than 230, and
    # matplotlib 3.10 cuts that too.
    cut = figure.get_size_inches() * 50 - png_size(path)
    assert ((-1e-6 < cut) & (cut < 1)).all(), png_size(path)
    for ax in figure.axes:
        assert shared or ax.get_ylabel(), ax
    assert not overlaps(figure), overlaps(figure)


def overlaps(figure):
    """Pairs of texts of a figure that are drawn over one another.

    A text that is not wholly inside the figure is paired with None.
    """
    figure.draw_without_rendering()
    unseen = {
        label
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for label in labels_beyond(axis)
    }
    texts = [t for t in figure.findobj(Text) if t.get_text().strip()]
    texts = [t for t in texts if t.get_visible() and t not in unseen]
    # Extents include the room for letters such as "g" and "Á", hence less.
    boxes = [text.get_window_extent().expanded(0.95, 0.7) for text in texts]
    page = figure.bbox
    pairs = [
        (text.get_text(), None)
        for text, box in zip(texts, boxes, strict=True)
        if not (page.x0 <= box.x0 and box.x1 <= page.x1)
        or not (page.y0 <= box.y0 and box.y1 <= page.y1)
    ]
    pairs += [
        (texts[i].get_text(), texts[j].get_text())
        for i in range(len(texts))
        for j in range(i)
        if boxes[i].overlaps(boxes[j])
    ]
    return pairs


def labels_beyond(axis):
    """The tick labels that lie beyond the limits, and so are not drawn."""
    low, high = sorted(axis.get_view_interval())
    margin = 1e-6 * (high - low)
    return [
        label
        for tick in axis.get_major_ticks() + axis.get_minor_ticks()
        for label in (tick.label1, tick.label2)
        if not low - margin <= tick.get_loc() <= high + margin
    ]
