"""A whole round of the built-in review: five judges, two towns, sealed, with matters for what failed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel import clock
from huoshui.kernel.journal import seal_pending, verify
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.visits import actions, queries
from huoshui.visits.models import Round
from huoshui.visits.schema import Deduction, Graded, Item, Threshold


@pytest.fixture(autouse=True)
def _real_reactions(opened_events: list[Any], settings: Any, tmp_path: Path) -> None:
    settings.DOMAIN_REACTIONS = "huoshui.reactions.REACTIONS"
    settings.JOURNAL_CHECKPOINT_DIRS = [tmp_path / "checkpoints"]


def best(item: Item) -> Any:
    """The answer to an item that earns all its points."""
    match item.scoring:
        case Graded(options=[]):
            return item.points // 1000
        case Graded(options=options):
            return options[0].code
        case Deduction():
            return 0
        case Threshold() as threshold:
            return threshold.at_least
    return True


def score(round: Round, judge: Any, place: Place, **worse: Any) -> None:
    """A judge's sheet for a place: best answers but for those given."""
    visit = actions.open_sheet(by=judge, round=round, place=place)
    answers = {code: best(item) for code, item in round.checklist.items.items()}
    actions.save_answers(
        by=judge,
        visit=visit,
        answers={**answers, **worse},
        notes={"theme_day": "上半年两次没有记录"} if "theme_day" in worse else {},
        shortcomings="主题党日不正常" if "theme_day" in worse else "",
    )
    actions.submit_visit(by=judge, visit=visit)


def run(cast: SimpleNamespace, opened: dt.date) -> Round:
    """Plan, open, score and lock the round; the village fails its theme day, and one judge is harsh everywhere."""
    land, lead = cast.land, cast.review_lead
    round = actions.plan_round(
        by=lead,
        place=land.district,
        checklist="review.hub_review",
        name="2018 年第二季度观摩",
        opens_on=opened,
        closes_on=opened + dt.timedelta(days=4),
    )
    villages = [land.village, land.village2, land.other_village]
    actions.set_places(by=lead, round=round, places=villages)
    actions.appoint_judges(by=lead, round=round, accounts=cast.judges)
    round = actions.open_round(by=lead, round=round)
    for village in villages:
        for judge in cast.judges[:4]:
            score(round, judge, village, **({"theme_day": "poor"} if village == land.village else {}))
        score(round, cast.judges[4], village, overall=0, greening=0, one_stop="none")
    return actions.lock_round(by=lead, round=round)


def test_from_plan_to_matters(cast: SimpleNamespace) -> None:
    land, lead = cast.land, cast.review_lead
    round = run(cast, clock.today())
    actions.record_adjustment(
        by=cast.tally_clerk,
        round=round,
        place=land.other_village,
        code="honour_municipal",
        points=1,
        reason="市级文明村",
    )
    actions.compute_round(by=cast.tally_clerk, round=round)
    for role in ("leader", "scrutineer", "tally_clerk"):
        digest = queries.digest_to_sign(round)
        actions.sign_round(by=getattr(cast, role), round=round, role=role, seen_digest=digest)
    round = actions.seal_round(by=lead, round=round)

    rows = [(row.rank, row.place.short_name, row.mean_shown, row.total_shown) for row in queries.ranking(round, lead)]
    assert rows == [
        (1, "阳庙村", "100.00", "101.00"),
        (2, "苏家作村", "100.00", "100.00"),
        (3, "寨卜昌村", "96.00", "96.00"),
    ]

    (matter,) = Matter.objects.filter(source_id=round.pk)
    assert (matter.place, matter.severity) == (land.village, "ordinary")
    assert "评委1：上半年两次没有记录" in matter.detail
    assert set(Matter.objects.visible_to(cast.secretary)) == {matter}
    assert not Matter.objects.visible_to(cast.other_secretary).exists()

    review = queries.village_review(round, land.village, cast.secretary)
    assert [item.item.code for item in review.items if item.failed] == ["theme_day"]
    assert {entry.channel for entry in Entry.objects.all()} == {"cli"}
    seal_pending()
    assert verify().ok
