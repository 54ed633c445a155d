"""Rounds brought to any stage, for the tests: the trial checklist, its answers, and the steps as one call each."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from huoshui.duties.queries import system_account
from huoshui.kernel import events
from huoshui.places import actions as places
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Round, Visit
from huoshui.visits.tasks import plan_tour

PACK = """\
code: trial
version: 1.0.0
name: {zh: 试评, en: Trial}
description: {zh: 试评。, en: For tests.}
requires: [core, rectification, hubs]
"""
CHECKLIST = """\
- code: trial
  name: {zh: 试评细则, en: Trial checklist}
  place_kinds: [village]
  points: 20
  rules: {drop_highest: 0, drop_lowest: 0, minimum_judges: 2, missing: blocks, quorum: majority}
  sections:
    - code: all
      name: {zh: 全部, en: All}
      items:
        - code: meetings
          name: {zh: 会议, en: Meetings}
          method: check
          points: 6
          scoring: {type: deduction, per_finding: 1}
          fails_below: 60
          opens: {kind: rectification.item, severity: ordinary}
        - code: theme
          name: {zh: 党日, en: Theme day}
          method: check
          points: 4
          scoring:
            type: graded
            options:
              - {code: good, name: {zh: 好, en: Good}, points: 4}
              - {code: poor, name: {zh: 差, en: Poor}, points: "1.5"}
        - code: floor
          name: {zh: 面积, en: Floor area}
          method: see
          points: 5
          scoring: {type: threshold, unit: 平方米, at_least: 300, decimals: 2, below: proportional}
          prefill_from: hub.floor_area
          opens: {kind: rectification.item, severity: serious}
        - code: plaza
          name: {zh: 广场, en: Plaza}
          method: see
          points: 2
          scoring: {type: yes_no, fails_when: "no"}
          evidence: {photos: 1, when: failing}
          prefill_from: hub.plaza
        - code: overall
          name: {zh: 总评, en: Overall}
          method: score
          points: 3
          scoring: {type: graded, step: "0.5"}
  ranking:
    purpose: {zh: 试排, en: A trial}
    lists: {purpose: {zh: 试列, en: A trial}, red: 1, blue: 1}
  adjustments:
    - {code: honour, name: {zh: 荣誉, en: Honour}, kind: bonus, maximum: 2}
    - {code: falsified, name: {zh: 造假, en: Falsified}, kind: deduction, maximum: 5}
"""
GOOD: dict[str, Any] = {"meetings": 0, "theme": "good", "floor": "320.5", "plaza": "yes", "overall": "3"}
"""Answers that earn all 20 points."""
OPENED: list[events.Event] = []
REACTIONS = [(events.RoundSealed, "tests.visits.staging.collect")]


def collect(event: events.Event) -> None:
    """Stand in for the sister app: keep the event."""
    OPENED.append(event)


def write_pack(folder: Path, *, checklist: str = CHECKLIST, pack: str = PACK) -> Path:
    """The trial pack as a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "pack.yaml").write_text(pack, encoding="utf-8")
    (folder / "checklists.yaml").write_text(checklist, encoding="utf-8")
    return folder


POINTS = {
    "town": (35_200_000, 113_200_000),
    "village": (35_210_000, 113_200_000),
    "village2": (35_230_000, 113_210_000),
    "village3": (35_240_000, 113_180_000),
    "other_village": (35_180_000, 113_230_000),
    "other_village2": (35_170_000, 113_260_000),
}
"""Made-up points of the cast's places, micro-degrees."""
TERMS: dict[str, Any] = {
    "teams": 1, "days": 2, "stay": 60, "hours": "4", "speed": 40, "winding": "1.3", "leaves": "08:30",
    "source": "points", "begins": "苏家作乡",
}  # fmt: skip
"""Terms of a tour: four hours a day, so that two days are needed for five villages."""


class Stage:
    """A round over the three villages of the first town (or ``places``), brought on step by step."""

    def __init__(self, cast: SimpleNamespace) -> None:
        self.cast, self.land = cast, cast.land
        self.lead = cast.review_lead

    def planned(
        self, *, places: list[Place] | None = None, judges: int = 3, day: dt.date | None = None, **rules: Any
    ) -> Round:
        """A planned round with its places and the first judges of the cast, from ``day`` (2 April) on."""
        opens_on = day or dt.date(2018, 4, 2)
        round = actions.plan_round(
            by=self.lead,
            place=self.land.district,
            checklist="trial.trial",
            name="第二季度观摩",
            opens_on=opens_on,
            closes_on=opens_on + dt.timedelta(days=4),
            rules=rules,
        )
        villages = [self.land.village, self.land.village2, self.land.other_village]
        actions.set_places(by=self.lead, round=round, places=places or villages)
        actions.appoint_judges(by=self.lead, round=round, accounts=self.cast.judges[:judges])
        round.refresh_from_db()  # its version counts the places too
        return round

    def located(self) -> list[Place]:
        """Give the cast's places their made-up points; the five villages."""
        for name, (latitude, longitude) in POINTS.items():
            place = Place.objects.get(pk=getattr(self.land, name).pk)
            places.locate_place(by=system_account(), place=place, latitude=latitude, longitude=longitude)
        return [getattr(self.land, name) for name in POINTS if name != "town"]

    def toured(self, round: Round | None = None, **terms: Any) -> Round:
        """A round of the five villages whose tour is planned."""
        round = round or self.planned(places=self.located())
        tour = actions.ask_tour(by=self.lead, round=round, terms={**TERMS, **terms})
        plan_tour.call(str(tour.pk))
        return Round.objects.get(pk=round.pk)

    def opened(self, **how: Any) -> Round:
        """A round that judges can score in."""
        return actions.open_round(by=self.lead, round=self.planned(**how))

    def sheet(self, round: Round, judge: int = 1, place: Place | None = None, **answers: Any) -> Visit:
        """The filled-in draft of a judge (1, 2, …): good answers but for those given."""
        account = self.cast.judges[judge - 1]
        visit = actions.open_sheet(by=account, round=round, place=place or self.land.village)
        return actions.save_answers(by=account, visit=visit, answers={**GOOD, **answers})

    def submitted(self, round: Round, judge: int = 1, place: Place | None = None, **answers: Any) -> Visit:
        """A judge's sheet, handed in."""
        visit = self.sheet(round, judge, place, **answers)
        return actions.submit_visit(by=self.cast.judges[judge - 1], visit=visit)

    def all_in(self, round: Round, judges: int = 3) -> None:
        """Every judge's good sheet for every place that has none of theirs yet."""
        for entry in round.places.select_related("place"):
            for judge in range(1, judges + 1):
                account = self.cast.judges[judge - 1]
                if not Visit.objects.filter(round=round, place=entry.place, judge=account).exists():
                    self.submitted(round, judge, entry.place)

    def locked(self, round: Round | None = None, **how: Any) -> Round:
        """A locked round with all sheets in."""
        round = round or self.opened(**how)
        self.all_in(round)
        return actions.lock_round(by=self.lead, round=round)

    def computed(self, round: Round | None = None) -> Round:
        """A round with results."""
        round = self.locked(round)
        actions.compute_round(by=self.cast.tally_clerk, round=round)
        return Round.objects.get(pk=round.pk)

    def uneven(self) -> Round:
        """A round with results: the villages differ, the third judge is severe, the second not sure."""
        round, land = self.opened(), self.land
        for place, findings in ((land.village, (0, 1, 2)), (land.village2, (2, 2, 4)), (land.other_village, (4, 3, 6))):
            for judge, found in enumerate(findings, start=1):
                self.submitted(round, judge, place, meetings=found)
        return self.computed(round)

    def signed(self, round: Round | None = None) -> Round:
        """A round with three signatures."""
        round = self.computed(round)
        for role in ("leader", "scrutineer", "tally_clerk"):
            actions.sign_round(by=getattr(self.cast, role), round=round, role=role)
        return round

    def sealed(self, round: Round | None = None) -> Round:
        """A sealed round."""
        return actions.seal_round(by=self.lead, round=self.signed(round))
