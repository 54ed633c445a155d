"""How a place stands: what is known of it and of its sites, subsidies for it, and what its last review said.

Each list asks for the permission at the document's place, as ``documents.records`` does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from huoshui.documents.records import Told, wan
from huoshui.documents.wording import day_words
from huoshui.kernel import clock
from huoshui.kernel.access import Actor, path_condition, require
from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.periods import Period
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import shown_value
from huoshui.places.models import Place
from huoshui.places.queries import attributes_on, sites_of
from huoshui.subsidies.models import Claim
from huoshui.visits.models import Result, Round
from huoshui.visits.queries.places import remarks_of
from huoshui.visits.tally import sheets_that_count, tally_items

MOST_SAID = 3
"""Sentences of the judges that are told of each sort: those that most of them wrote."""
SENTENCE = re.compile(r"[^。！？；\n]+")
HAS = re.compile(r"^(?:设有|配有|有)")
CLAIMS: dict[str, str] = {
    Claim.State.APPLIED: "已申请，待批准", Claim.State.APPROVED: "已批准", Claim.State.DECLINED: "未获批准",
    Claim.State.WITHDRAWN: "已撤回", Claim.State.REVOKED: "已取消",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A place as it stood on the last day of a period, or today if that is earlier."""

    by: Actor
    place: Place
    period: Period

    def facts(self) -> list[Told]:
        """The attributes of the place, with their units. Raises access.denied."""
        require(self.by, "place.view", path=self.place.path)
        return [Told(name=field.name.zh, value=_told(field, value)) for field, value in self._attributes(self.place)]

    def sites(self) -> list[Told]:
        """Its sites, such as the hub: measures, what is there and what is not. Raises access.denied."""
        require(self.by, "place.view", path=self.place.path)
        return [self._site(site) for site in sites_of(self.place)]

    def _site(self, site: Place) -> Told:
        known = self._attributes(site)
        asked = [(field, value) for field, value in known if field.type == "yes_no"]
        kind = all_current("place_kinds").get(site.kind)
        return Told(
            name=site.short_name,
            kind=kind.name.zh if kind else site.kind,
            facts=[Told(name=f.name.zh, value=_told(f, value)) for f, value in known if f.type != "yes_no"],
            has=[HAS.sub("", field.name.zh) for field, value in asked if value],
            lacks=[HAS.sub("", field.name.zh) for field, value in asked if not value],
        )

    def _attributes(self, place: Place) -> list[tuple[FieldDef, Any]]:
        kind = all_current("place_kinds").get(place.kind)
        held = attributes_on(place, min(self.period.last, clock.today()))
        fields = kind.attributes if kind else ()
        return [(field, held[field.code]) for field in fields if held.get(field.code) not in (None, "")]

    def subsidies(self) -> list[Told]:
        """Subsidies applied for until the end of the period, the latest first. Raises access.denied."""
        rows = Claim.objects.filter(path_condition("matter__place__path", self.place.path))
        rows = rows.filter(applied_on__lte=self.period.last).select_related("matter", "pot").order_by("-applied_on")
        require(self.by, "matter.view", path=self.place.path)
        for pack in rows.order_by("matter__pack").values_list("matter__pack", flat=True).distinct():
            require(self.by, "matter.view", path=self.place.path, pack=pack)
        return [
            Told(
                name=row.pot.scheme_name, year=f"{row.pot.year}", number=row.matter.number, title=row.matter.title,
                state=CLAIMS[row.state], cost=wan(row.cost), applied=wan(row.applied), approved=wan(row.approved),
            )
            for row in rows
        ]  # fmt: skip

    def reviews(self) -> list[Told]:
        """The last sealed review of the place until the end of the period, or none. Raises access.denied.

        Judges are told by how many of them said a thing, never by name.
        """
        require(self.by, "round.view", path=self.place.path)
        require(self.by, "visit.view", path=self.place.path)
        sealed = Result.objects.filter(place=self.place, round__state=Round.State.SEALED)
        last = sealed.filter(round__closes_on__lte=self.period.last).select_related("round", "round__pack_version")
        return [self._review(result) for result in last.order_by("-round__closes_on", "-round_id")[:1]]

    def _review(self, result: Result) -> Told:
        (sheets,) = sheets_that_count(result.round, [self.place.pk])
        remarks, items = remarks_of(sheets), result.round.checklist.items
        failed = [tally for tally in tally_items(result.round, sheets) if tally.failed]
        return Told(
            name=result.round.name,
            day=day_words(result.round.closes_on),
            rank=result.rank,
            total=shown(result.total, POINTS, 2),
            judges=result.judges,
            strengths=_said(one.strengths for one in remarks),
            shortcomings=_said(one.shortcomings for one in remarks),
            direction=_said(one.direction for one in remarks),
            failing=[
                Told(name=items[one.item].name.zh, failed=len(one.failed_by), answered=one.answered) for one in failed
            ],
        )


def _told(field: FieldDef, value: Any) -> str:
    """A value with its unit: 412.00 平方米."""
    return " ".join(part for part in (shown_value(field, value), field.unit or "") if part)


def _said(texts: Iterable[str]) -> list[Told]:
    """What most judges wrote, sentence by sentence without its stop, each once with how many of them wrote it."""
    each = [dict.fromkeys(one.strip() for one in SENTENCE.findall(text) if one.strip()) for text in texts]
    counted = Counter(sentence for sentences in each for sentence in sentences)
    return [Told(text=sentence, judges=judges) for sentence, judges in counted.most_common(MOST_SAID)]
