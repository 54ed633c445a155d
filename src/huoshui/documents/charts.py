"""Charts in documents: a few bars, drawn by Typst with our own typefaces, for the PDF and as a picture for Word.

Typst is there already, draws Chinese labels with the typefaces that we ship, and writes PNG; a plotting library would
bring megabytes for what are rectangles and words.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

from huoshui.figures.queries import Figure

WIDTH_MM, COLUMNS_MM, ROW_MM, FRAME_MM = 150, 52, 6.2, 14
PIXELS_PER_INCH = 200


@dataclass(frozen=True)
class Bar:
    """One bar; ``share``: its length in thousandths of the longest; ``told`` "": there is no value."""

    label: str
    told: str
    share: int
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart: columns side by side over periods, or rows one below the other for places."""

    title: str
    unit: str
    rows: bool
    bars: list[Bar]

    @property
    def height_mm(self) -> float:
        """As the layout draws it."""
        return FRAME_MM + (ROW_MM * len(self.bars) if self.rows else COLUMNS_MM)

    @property
    def says(self) -> str:
        """The same in words, for who does not see it."""
        return f"{self.title}（{self.unit}）：" + "，".join(f"{bar.label} {bar.told or bar.note}" for bar in self.bars)


def chart_of(title: str, figures: list[tuple[str, Figure]], *, rows: bool) -> Chart:
    """A chart of figures with their labels; what has no value gets no bar, and says so."""
    most = max((abs(one.value) for _label, one in figures if one.value is not None), default=0)
    bars = [
        Bar(
            label,
            one.told,
            int(abs(one.value) * 1000 / most) if most and one.value is not None else 0,
            one.why_none,
        )
        for label, one in figures
    ]
    return Chart(title, figures[0][1].indicator.unit if figures else "", rows, bars)


def pictures(charts: list[Chart]) -> list[bytes]:
    """The charts as PNG, a page each, set at once."""
    from huoshui.reports.typesetting import picture_pages

    return picture_pages("chart_pictures", {"charts": [asdict(chart) for chart in charts]}, PIXELS_PER_INCH)


def digest(data: bytes) -> str:
    """By which a picture in a Word file is known again."""
    return hashlib.sha256(data).hexdigest()
