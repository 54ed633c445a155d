"""Coordinates as they come from outside: kept as WGS-84, taken and given as GCJ-02 too, which Chinese maps use.

GCJ-02 shifts every point in China by some hundred metres. Its formula is not published; the library has the one that is
used throughout, and inverts it roughly. Here the inverse is brought nearer until it is exact to the millimetre.
"""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext

from huoshui.kernel.choices import unknown
from huoshui.kernel.numbers import rounded
from huoshui.packs.schema import Choice, Text

MICRO = 1_000_000
WGS84, GCJ02 = "wgs84", "gcj02"
SYSTEMS = [
    Choice(code=WGS84, name=Text(zh="WGS-84（GPS、北斗、天地图）", en="WGS-84 (GPS, Tianditu)")),
    Choice(code=GCJ02, name=Text(zh="GCJ-02（高德、腾讯地图）", en="GCJ-02 (Amap, Tencent Maps)")),
]
NAMES = {WGS84: "WGS-84", GCJ02: "GCJ-02"}
"""How a workbook names them."""
_WRITTEN = {
    "": WGS84, "wgs84": WGS84, "gps": WGS84, "北斗": WGS84, "天地图": WGS84,
    "gcj02": GCJ02, "高德": GCJ02, "腾讯": GCJ02, "火星坐标": GCJ02,
}  # fmt: skip
NEARER = 4
"""Steps of the inverse; each leaves about a ten-thousandth of the error."""


def system_of(text: str) -> str:
    """The system that a cell or a form names, WGS-84 where it is empty. Raises value.choice."""
    plain = text.strip().lower().replace("-", "").replace(" ", "")
    if plain not in _WRITTEN:
        raise unknown("system", text, NAMES.values(), gettext("坐标系"))
    return _WRITTEN[plain]


def to_wgs84(latitude: Fraction, longitude: Fraction, system: str) -> tuple[int, int]:
    """Micro-degrees WGS-84 of a point given in decimal degrees of a system; outside China both are the same."""
    if system == WGS84:
        return rounded(latitude * MICRO), rounded(longitude * MICRO)
    from coordTransform import wgs84_to_gcj02

    wanted = float(longitude), float(latitude)
    east, north = wanted
    for _step in range(NEARER):
        shifted = wgs84_to_gcj02(east, north)
        east, north = east + wanted[0] - shifted[0], north + wanted[1] - shifted[1]
    return round(north * MICRO), round(east * MICRO)


def to_gcj02(latitude: int, longitude: int) -> tuple[str, str]:
    """Decimal degrees GCJ-02 of a point in micro-degrees WGS-84, as texts, fine enough to come back as the same."""
    from coordTransform import wgs84_to_gcj02

    east, north = wgs84_to_gcj02(longitude / MICRO, latitude / MICRO)
    return f"{north:.8f}", f"{east:.8f}"
