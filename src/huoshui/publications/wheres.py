"""Names of places in a text, and words that stand for one: 宁郭镇, 全区, 该镇, 该街道."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from huoshui.places.models import Place
from huoshui.places.queries import ancestors

WORDS = {
    "省": ("province",), "市": ("city",), "区": ("district",), "县": ("district",),
    "镇": ("town", "township"), "乡": ("township", "town"), "街道": ("subdistrict",), "办事处": ("subdistrict",),
    "村": ("village",), "社区": ("community",),
}  # fmt: skip
"""The last word of an administrative unit's name, and the kinds of place of the core pack that are called so."""
_POINTING = re.compile(r"(?:全|该|本|我|此)(省|市|区|县|镇|乡|街道|办事处|村|社区)(?![域级委党办])")
_NAMED = re.compile(r"[\u4e00-\u9fff]{2}(?:街道|镇)")
_NO_NAME = re.compile(
    r"(?:示范|各|该|本|全|乡镇|每个|试点|所有|有关|小|古|城|村|个|乡|特色|重点|中心|建制|化乡|气化)(?:街道|镇)$"
)
_AN_INSTITUTION = re.compile(r"小学|中学|学校|幼儿园|卫生院|医院|敬老院|路|桥|中心校|企业|人民")
SHORTEST = 2
DISTRICT_NAME = 3
"""A district is called by the last characters of its name too: 示范区."""


@dataclass(frozen=True)
class Where:
    """A word for a place, where it stands; ``place`` None: the register has none of this name."""

    start: int
    end: int
    place: Place | None


class Gazetteer:
    """Names of the places below one place, of itself and of those above it."""

    def __init__(self, context: Place, places: Iterable[Place]) -> None:
        self.context = context
        self.above = ancestors(context)
        known = [*places, *self.above]
        named: dict[str, list[Place]] = {}
        for place in known:
            for name in {place.short_name, place.name}:
                named.setdefault(name, []).append(place)
        for place in (context, *self.above):
            if len(place.short_name) > DISTRICT_NAME and place.short_name[-1] in "区县":
                named.setdefault(place.short_name[-DISTRICT_NAME:], []).append(place)
        self.named = {name: held for name, held in named.items() if len(name) >= SHORTEST}
        names = sorted(self.named, key=len, reverse=True)
        # 五个示范区 counts such places and is none.
        self._pattern = re.compile(rf"(?<!个)(?:{'|'.join(map(re.escape, names)) or '(?!)'})")

    def place_called(self, name: str) -> Place | None:
        """The one place of a name or code; None without one, or with namesakes."""
        held = {place.pk: place for place in self.named.get(name, []) or self._by_code(name)}
        return next(iter(held.values())) if len(held) == 1 else None

    def wheres(self, text: str, before: Place | None = None) -> list[Where]:
        """Every word for a place, in its order; ``before``: the place last spoken of, which 该镇 may mean."""
        found: list[Where] = []
        for one in sorted(self._hits(text), key=lambda hit: hit.start()):
            if found and one.start() < found[-1].end:
                continue
            last = next((where.place for where in reversed(found) if where.place), before)
            if one.re is _POINTING:
                found += self._pointed(one, last)
            elif one.re is _NAMED:
                found.append(Where(one.start(), one.end(), None))
            else:
                found.append(Where(one.start(), one.end(), self._nearest(one.group(), last)))
        return found

    def _hits(self, text: str) -> list[re.Match[str]]:
        known = list(self._pattern.finditer(text))
        taken = [one.span() for one in known]
        unknown = [
            one
            for one in _NAMED.finditer(text)
            if not _NO_NAME.search(one.group())
            and not _AN_INSTITUTION.match(text, one.end())
            and not any(start < one.end() and one.start() < end for start, end in taken)
        ]
        return [*known, *_POINTING.finditer(text), *unknown]

    def _pointed(self, one: re.Match[str], last: Place | None) -> list[Where]:
        """该镇: the place last spoken of if it is one, else one above it; 全区: the context or one above it."""
        kinds = WORDS[one.group(1)]
        line = [*([last, *ancestors(last)] if last else []), self.context, *reversed(self.above)]
        place = next((place for place in line if place.kind in kinds), None)
        return [Where(one.start(), one.end(), place)] if place else []

    def _nearest(self, name: str, last: Place | None) -> Place | None:
        """Of namesakes the one below the place last spoken of."""
        held = self.named[name]
        if len(held) > 1 and last is not None:
            return next((place for place in held if place.path.startswith(last.path)), held[0])
        return held[0] if len({place.pk for place in held}) == 1 else None

    def _by_code(self, code: str) -> list[Place]:
        return [place for held in self.named.values() for place in held if place.code == code]
