"""A locked round as large as a district's: 104 villages x 54 items x 11 judges, written at once and not for keeping."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.packs.actions import load_pack
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current
from huoshui.places.models import Place
from huoshui.visits.models import Answer, Round, RoundPlace, Visit

PLACES, ITEMS, JUDGES = 104, 54, 11
CODE, DISTRICT = "largest", "410871"
PACK = """\
code: bench
version: 1.0.0
name: {zh: 测速, en: Bench}
description: {zh: 测速用。, en: For measuring.}
requires: [core]
"""
CHECKLIST = """\
- code: largest
  name: {zh: 测速, en: Bench}
  place_kinds: [village]
  points: 108
  rules: {drop_highest: 1, drop_lowest: 1, minimum_judges: 3, missing: blocks, quorum: majority}
  sections:
    - code: all
      name: {zh: 全部, en: All}
      items:
"""
ITEM = """\
        - code: i%(n)s
          name: {zh: 第%(n)s项, en: Item %(n)s}
          method: score
          points: 2
          scoring: {type: graded, step: "0.5"}
"""


def largest_round() -> Round:
    """The round with all its sheets; every judge is severe or lenient in their own way."""
    places = list(Place.objects.filter(kind__in=["village", "community"]).order_by("path")[:PLACES])
    accounts = list(Account.objects.order_by("username")[:JUDGES])
    today = clock.today()
    round = Round.objects.create(
        name="bench", pack_version=_version(), checklist_code=CODE, place=Place.objects.get(code=DISTRICT),
        opens_on=today, closes_on=today, state=Round.State.LOCKED,
        drop_highest=1, drop_lowest=1, minimum_judges=3, missing="blocks", decimals=2,
    )  # fmt: skip
    RoundPlace.objects.bulk_create(RoundPlace(round=round, place=place, position=n) for n, place in enumerate(places))
    common: dict[str, Any] = {"round": round, "pack_version": round.pack_version, "checklist_code": CODE}
    sheets = [
        Visit(place=place, judge=account, judge_number=n, state=Visit.State.SUBMITTED, visited_on=today, **common)
        for place in places
        for n, account in enumerate(accounts, start=1)
    ]
    Visit.objects.bulk_create(sheets)
    chance = random.Random(54)
    quality = {place.pk: chance.uniform(0.6, 0.9) for place in places}
    severity = {n: chance.uniform(-0.05, 0.05) for n in range(1, JUDGES + 1)}
    answers = (
        Answer(visit=sheet, item=f"i{n}", points=_points(chance, quality[sheet.place_id], severity[sheet.judge_number]))
        for sheet in sheets
        for n in range(ITEMS)
    )
    Answer.objects.bulk_create(answers, batch_size=2000)
    return round


def _points(chance: random.Random, quality: float, severity: float) -> int:
    return round(2000 * min(1.0, max(0.0, chance.gauss(quality + severity, 0.15))))


def _version() -> PackVersion:
    """A pack of its own, with a checklist of as many items."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pack.yaml").write_text(PACK, encoding="utf-8")
        checklist = CHECKLIST + "".join(ITEM % {"n": n} for n in range(ITEMS))
        Path(folder, "checklists.yaml").write_text(checklist, encoding="utf-8")
        load_pack(by=system_account(), folder=Path(folder))
    return current("bench")
