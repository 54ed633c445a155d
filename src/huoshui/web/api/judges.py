"""Who judges a round, over the API: for those who run it, and for a judge their own appointment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query, Schema

from huoshui.duties.models import Account
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Judge
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.rounds import visible_round
from huoshui.web.api.writes import ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("rounds")


class JudgeRow(Schema):
    """A judge by number: the account, and the place under which they judge."""

    number: int
    account: str
    title: str
    place: str


class JudgePage(PageOut):
    """A page of judges."""

    items: list[JudgeRow]


class AppointIn(Schema):
    """Accounts to appoint by username, for the places under ``place``; without it, for all of the round."""

    accounts: list[str]
    place: str = ""


class AppointedOut(Schema):
    """The judges that were appointed."""

    judges: list[JudgeRow]


class DismissedOut(Schema):
    """Whose appointment ended."""

    dismissed: str


def judge_row(judge: Judge) -> dict[str, Any]:
    """The listed columns of a judge."""
    return {
        "number": judge.number,
        "account": judge.account.username,
        "title": judge.account.title,
        "place": judge.place.code,
    }


@router.get("/rounds/{round_id}/judges", response={200: JudgePage, **REFUSED})
def list_judges(request: SignedInRequest, round_id: UUID, query: Query[Paged]) -> Any:
    """Visible judges of a round, by number."""
    rows = Judge.objects.visible_to(request.user).filter(round=visible_round(request, round_id))
    return page_of(rows.select_related("account", "place").order_by("number"), query, judge_row)


@router.post("/rounds/{round_id}/judges", response={200: AppointedOut, **REFUSED_WRITE})
def appoint_judges(request: SignedInRequest, round_id: UUID, body: AppointIn) -> Any:
    """Appoint judges before the lock, all or none."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        user = request.user
        accounts = [Account.objects.get_visible(user, username=name) for name in body.accounts]
        place = Place.objects.get_visible(user, code=body.place) if body.place else None
        judges = actions.appoint_judges(by=user, round=round, accounts=accounts, place=place)
        return {"judges": [judge_row(judge) for judge in judges]}

    return idempotent(request, "visits.appoint_judges", body, write)


@router.post("/rounds/{round_id}/judges/{username}/dismiss", response={200: DismissedOut, **REFUSED_WRITE})
def dismiss_judge(request: SignedInRequest, round_id: UUID, username: str, body: ReasonIn) -> Any:
    """Take a judge who has no sheet off the round before its lock."""
    round = visible_round(request, round_id)

    def write() -> dict[str, Any]:
        judge = Judge.objects.get_visible(request.user, round=round, account__username=username)
        actions.dismiss_judge(by=request.user, judge=judge, reason=body.reason)
        return {"dismissed": username}

    return idempotent(request, "visits.dismiss_judge", body, write)
