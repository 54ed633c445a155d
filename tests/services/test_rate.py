"""Ratings: by code or from paper, once and changed for a while; the two lowest are corrected by others."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance
from huoshui.matters.models import Matter
from huoshui.services import actions
from huoshui.services.models import Rating, Request
from huoshui.services.queries import public_tally, ratings, tally
from huoshui.services.tracking import code_of
from tests.matters.conftest import at
from tests.services.conftest import done, hired, step, taken

LOW = "dissatisfied"
HANDLED = {"finding": "等了两次", "measures": "调整排班，专人值守"}
CALLED = {"called_back_on": "2018-04-03", "call_back": "accepted", "reply": "已说明并致歉"}


def rated(request: Request, level: str, **given: object) -> Rating:
    return actions.rate_by_code(code=code_of(request.pk), level=level, **given)


def test_it_is_rated_by_code_and_tells_nothing_of_the_rater(desk: SimpleNamespace) -> None:
    rating = rated(done(desk), "satisfied", aspects={"attitude": "very_satisfied"}, words="讲得清楚")
    assert (rating.rank, rating.satisfied, rating.entered_by, rating.correction_id) == (2, True, None, None)
    assert {row.aspect: row.rank for row in rating.aspects.all()} == {"attitude": 1}
    entry = Entry.objects.get(action="services.rate_by_code")
    assert (entry.actor_label.startswith("系统"), entry.restricted, "讲得清楚" in entry.data) == (True, True, False)


def test_it_is_changed_within_a_week_and_not_after(desk: SimpleNamespace) -> None:
    request = done(desk)
    rated(request, "satisfied", aspects={"attitude": "satisfied"})
    with at("2018-04-09"):
        rating = rated(request, "very_satisfied")
    assert (Rating.objects.count(), rating.rank, rating.aspects.count()) == (1, 1, 0)
    with at("2018-04-10"), pytest.raises(Refusal) as refused:
        rated(request, "satisfied")
    assert refused.value.code == "service.rating_settled"


def test_it_is_rated_once_it_is_done_and_for_sixty_days(desk: SimpleNamespace) -> None:
    request = taken(desk)
    with pytest.raises(Refusal) as refused:
        rated(request, "satisfied")
    assert refused.value.code == "service.not_done"
    request = step(desk.agent, request, "do", result="已登记")
    with at("2018-06-02"), pytest.raises(Refusal) as refused:
        rated(request, "satisfied")
    assert refused.value.code == "service.rating_closed"
    with at("2018-06-01"):
        assert rated(request, "satisfied").satisfied


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"level": ""}, "value.required", "level"),
        ({"level": "superb"}, "value.choice", "level"),
        ({"level": LOW, "aspects": {"price": LOW}}, "value.choice", "aspects"),
        ({"level": LOW, "aspects": {"attitude": "bad"}}, "value.choice", "attitude"),
        ({"level": LOW, "words": "长" * 501}, "value.too_long", "words"),
    ],
)
def test_what_does_not_fit(desk: SimpleNamespace, given: dict[str, object], code: str, field: str) -> None:
    request = done(desk)
    with pytest.raises(Refusal) as refused:
        rated(request, **given)
    assert (refused.value.code, refused.value.problems[0].field) == (code, field)


def test_paper_is_entered_by_somebody_who_had_no_hand_in_it(desk: SimpleNamespace) -> None:
    request = done(desk)
    with pytest.raises(Refusal) as refused:
        actions.rate(by=desk.window, request=request, level="satisfied")  # confirmed it
    assert refused.value.code == "service.own_rating"
    with pytest.raises(Refusal) as refused:
        actions.rate(by=desk.agent, request=request, level="satisfied")
    assert refused.value.code == "access.denied"
    assert actions.rate(by=desk.supervisor, request=request, level="satisfied").entered_by == desk.supervisor


def corrected(desk: SimpleNamespace, rating: Rating) -> Matter:
    matter = Matter.objects.get(pk=rating.correction_id)
    matter = advance(by=desk.supervisor, matter=matter, transition="look_into", values=HANDLED)
    return advance(by=desk.supervisor, matter=matter, transition="call_back", values=CALLED)


def test_a_low_rating_opens_a_correction_of_fifteen_working_days(desk: SimpleNamespace) -> None:
    rating = rated(done(desk), LOW, words="跑了两趟")
    matter = Matter.objects.get(pk=rating.correction_id)
    assert (matter.kind, matter.owner, matter.detail) == ("services.correction", desk.supervisor, "跑了两趟")
    assert str(rating.correct_by) == str(matter.due_on) == "2018-04-24"
    matter = corrected(desk, rating)
    advance(by=desk.verifier, matter=matter, transition="verify")
    rating.refresh_from_db()
    assert (str(rating.corrected_on), str(rating.correct_by)) == ("2018-04-02", "2018-04-24")


def test_no_correction_ends_without_a_call_back(desk: SimpleNamespace) -> None:
    matter = Matter.objects.get(pk=rated(done(desk), LOW).correction_id)
    matter = advance(by=desk.supervisor, matter=matter, transition="look_into", values=HANDLED)
    with pytest.raises(Refusal) as refused:
        advance(by=desk.supervisor, matter=matter, transition="call_back", values={"reply": "已说明"})
    assert [problem.field for problem in refused.value.problems] == ["called_back_on", "call_back"]


@pytest.mark.parametrize("who", ["agent", "window", "colleague"])
def test_nobody_who_was_rated_verifies_nor_their_unit(desk: SimpleNamespace, who: str) -> None:
    from huoshui.duties.actions import grant_duty
    from huoshui.duties.queries import system_account

    rating = rated(done(desk), LOW)
    desk.colleague = hired("colleague", "service_window", desk.land.town, "另设", "另一窗口")
    desk.colleague.unit = desk.window.unit
    desk.colleague.save(update_fields=["unit"])
    account = getattr(desk, who)
    grant_duty(by=system_account(), account=account, role="verifier", place=desk.land.district, since=rating.rated_on)
    matter = corrected(desk, rating)
    with pytest.raises(Refusal) as refused:
        advance(by=account, matter=matter, transition="verify")
    assert refused.value.code in ("matter.own_work", "matter.same_unit")


def test_a_rating_that_stays_low_or_rises_opens_no_second_one(desk: SimpleNamespace) -> None:
    request = done(desk)
    first = rated(request, LOW)
    again = rated(request, "very_dissatisfied")
    risen = rated(request, "satisfied")
    assert first.correction_id == again.correction_id == risen.correction_id is not None
    assert Matter.objects.filter(kind="services.correction").count() == 1


def test_a_rating_that_falls_opens_one(desk: SimpleNamespace) -> None:
    request = done(desk)
    assert rated(request, "satisfied").correction_id is None
    assert rated(request, LOW).correction_id is not None


def test_few_ratings_are_published_as_nothing(desk: SimpleNamespace) -> None:
    requests = [done(desk) for _ in range(5)]
    for request in requests[:4]:
        rated(request, "satisfied")
    assert public_tally(desk.hub) is None
    rated(requests[4], "satisfied")
    assert public_tally(desk.hub) == (5, 5)
    rated(done(desk), LOW)
    assert public_tally(desk.hub) is None  # one dissatisfied is a person
    told = tally(ratings(desk.supervisor))
    assert (told.count, told.satisfied, told.levels) == (6, 5, {"satisfied": 5, LOW: 1})
