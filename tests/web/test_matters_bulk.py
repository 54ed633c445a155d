"""One thing done to many matters, by HTTP: tried, read, then all of them or none, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.kernel import trials
from huoshui.kernel.models import Entry
from huoshui.matters.actions import edit_fields
from huoshui.matters.models import Matter
from tests.matters.conftest import CLAIM, Opener, claim, open_item

__all__ = ["open_item"]
SignIn = Callable[[Account], Client]


def numbers(*matters: Matter) -> dict[str, Any]:
    return {"rows": " ".join(matter.number for matter in matters)}


def tried(client: Client, *matters: Matter, **given: Any) -> Any:
    return client.post(reverse("matter_bulk"), numbers(*matters) | {"back": "state=to_claim"} | given)


def confirm(client: Client, answer: Any) -> Any:
    """Send the form that the trial's page offers."""
    page = answer.content.decode()
    form = page[page.index('class="form-actions" data-slow') :].partition("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return client.post(reverse("matter_bulk"), fields)


def keys(lines: list[dict[str, Any]]) -> list[str]:
    return [line["number"] for line in lines]


def test_what_is_offered_follows_from_roles_and_states(
    open_item: Opener, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    first, second = open_item(), claim(open_item(), cast.secretary)

    def offered(who: Account) -> dict[str, int]:
        query = {"n": [first.number, second.number]}
        return {one.code: one.count for one in signed_in(who).get(reverse("matter_bulk"), query).context["offers"]}

    assert offered(cast.secretary) == {
        "step:claim": 1, "step:update": 1, "step:submit": 1, "assign": 2, "earlier": 1, "edit:measures": 1,
        "edit:progress": 1,
    }  # fmt: skip
    assert offered(cast.town_office) == {"step:declare_not_resolvable": 2, "step:decline": 2, "assign": 2}
    assert offered(cast.leader) == {}
    assert "ledger__pick" not in signed_in(cast.auditor).get(reverse("ledger")).content.decode()


def test_a_step_is_tried_and_then_taken_once_for_each_that_can(
    open_item: Opener, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    first, second, claimed = open_item(), open_item(), claim(open_item(), cast.secretary)
    client, before = signed_in(cast.secretary), Entry.objects.count()
    given = {"do": "step:claim", "responsible_person": "secretary"} | CLAIM
    answer = tried(client, first, second, claimed, **given)
    assert (keys(answer.context["possible"]), keys(answer.context["refused"])) == (
        [first.number, second.number],
        [claimed.number],
    )
    page = answer.content.decode()
    assert "<del>待认领</del> → <ins>整改中</ins>" in page
    assert "matter.transition_not_here" in page
    assert Entry.objects.count() == before
    assert {m.state for m in Matter.objects.filter(pk__in=[first.pk, second.pk])} == {"to_claim"}
    done = confirm(client, answer)
    assert (done.status_code, done["Location"]) == (302, reverse("ledger") + "?state=to_claim")
    again = confirm(client, answer)
    assert again.status_code == 302
    written = Entry.objects.order_by("seq")[before:]
    assert [(e.action, e.subject_id, e.actor_id) for e in written] == [
        ("matters.advance", matter.pk, cast.secretary.pk) for matter in (first, second)
    ]


def test_one_changed_meanwhile_is_listed_with_both_values_and_nothing_is_done(
    open_item: Opener, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    first, second = (claim(open_item(), cast.secretary) for _ in "12")
    client = signed_in(cast.secretary)
    answer = tried(client, first, second, do="edit:progress", progress="开工")
    edit_fields(by=cast.secretary, matter=second, values={"progress": "别人写的"})
    refused = confirm(client, answer)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "现在是 <b>别人写的</b>；您要改为 <b>开工</b>" in page
    assert keys(refused.context["possible"]) == [first.number]
    assert Matter.objects.get(pk=first.pk).version == first.version
    assert confirm(client, refused).status_code == 302
    assert list(Matter.objects.get(pk=first.pk).values.filter(code="progress").values_list("text")) == [("开工",)]


def test_a_deadline_moves_earlier_only(open_item: Opener, cast: SimpleNamespace, signed_in: SignIn) -> None:
    late = claim(open_item(), cast.secretary)
    early = claim(open_item(), cast.secretary, deadline="2018-04-10")
    answer = tried(signed_in(cast.secretary), late, early, do="earlier", deadline="2018-04-15")
    assert (keys(answer.context["possible"]), keys(answer.context["refused"])) == ([late.number], [early.number])
    assert "bulk.not_earlier" in answer.content.decode()


def test_a_person_is_assigned_and_those_who_stand_so_are_told(
    open_item: Opener, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    first, elsewhere = open_item(), open_item(cast.land.other_village)
    client = signed_in(cast.district_office)
    answer = tried(client, first, elsewhere, do="assign", owner="village_lead")
    assert keys(answer.context["refused"]) == [elsewhere.number]
    confirm(client, answer)
    assert Matter.objects.get(pk=first.pk).owner == cast.village_lead
    assert keys(tried(client, first, do="assign", owner="village_lead").context["unchanged"]) == [first.number]


def test_numbers_of_others_are_refused_like_absent_ones(
    open_item: Opener, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    mine, other = open_item(), open_item(cast.land.other_village)
    answer = signed_in(cast.town_office).post(
        reverse("matter_bulk"),
        {"rows": f"{mine.number} {other.number} ZG-2018-9999", "do": "assign", "owner": "village_lead"},
    )
    assert keys(answer.context["refused"]) == [other.number, "ZG-2018-9999"]
    assert other.title not in answer.content.decode().replace(mine.title, "")


def test_all_that_match_are_bounded(
    open_item: Opener, cast: SimpleNamespace, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_item(), claim(open_item(), cast.secretary), open_item()
    client = signed_in(cast.secretary)
    all_of = client.get(reverse("matter_bulk"), {"all": "1", "state": "to_claim"})
    assert len(all_of.context["matters"]) == 2
    monkeypatch.setattr("huoshui.matters.bulk.MOST_AT_ONCE", 2)
    refused = client.get(reverse("matter_bulk"), {"all": "1"})
    assert (refused.status_code, "一次最多 2 件，这里有 3 件" in refused.content.decode()) == (422, True)
    assert client.get(reverse("matter_bulk")).status_code == 422
    assert trials.MOST_AT_ONCE == 500
