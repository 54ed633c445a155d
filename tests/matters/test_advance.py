"""Taking a step: the one function for every transition."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, assign, edit_fields
from huoshui.matters.models import Matter
from huoshui.matters.queries import matter_values
from huoshui.media.actions import attach_file
from huoshui.notices.queries import unread_for
from tests.matters.conftest import CLAIM, Opener, at, claim, close, photo, submit


def refusal(**options: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        advance(**options)
    return refused.value


def test_claim_sets_measures_deadline_and_person(item: Matter, cast: SimpleNamespace) -> None:
    matter = claim(item, cast.secretary)
    assert (matter.state, matter.due_on, matter.limit_on) == ("rectifying", dt.date(2018, 4, 20), dt.date(2018, 4, 24))
    assert {value.field.code: value.shown for value in matter_values(matter)} == {
        "measures": CLAIM["measures"],
        "deadline": "2018-04-20",
        "responsible_person": "寨卜昌村支书",
    }
    entry = Entry.objects.get(action="matters.advance", subject_id=matter.pk)
    assert '"before":{"due_on":"2018-04-24","state":"to_claim"}' in entry.data
    assert '"deadline":"2018-04-20"' in entry.data


def unread(account: Any, matter: Matter) -> list[str]:
    return [notice.code for notice in unread_for(account).filter(subject_id=matter.pk).order_by("id")]


def test_whoever_takes_a_step_has_read_what_was_told_of_it(
    item: Matter, open_item: Opener, cast: SimpleNamespace
) -> None:
    other = open_item()
    assert unread(cast.secretary, item) == ["matter.opened"]
    matter = submit(item, cast.secretary)
    assert (unread(cast.secretary, item), unread(cast.secretary, other)) == ([], ["matter.opened"])
    assert unread(cast.verifier, item) == ["matter.moved"]
    advance(by=cast.verifier, matter=matter, transition="return", note="重拍")
    assert unread(cast.secretary, item) == ["matter.moved"]
    assert unread(cast.verifier, item) == []
    assert unread(cast.both, item) == ["matter.moved"]  # another verifier, who did nothing


def test_what_has_ended_asks_nothing_of_anybody(item: Matter, cast: SimpleNamespace) -> None:
    matter = submit(item, cast.secretary)
    assert unread(cast.both, matter) == ["matter.moved"]
    matter = advance(by=cast.verifier, matter=matter, transition="verify")
    assert unread(cast.both, matter) == []
    assert "核验通过" in unread_for(cast.secretary).get(subject_id=matter.pk).text  # the news itself


def test_verify_closes_with_a_green_light(item: Matter, cast: SimpleNamespace) -> None:
    matter = close(item, cast.secretary, cast.verifier)
    assert (matter.state, matter.phase, matter.close_reason) == ("closed", "closed", "resolved")
    assert (matter.closed_on, matter.verifier, matter.due_on) == (dt.date(2018, 4, 2), cast.verifier, None)
    assert Matter.objects.with_light().get(pk=matter.pk).light_now == matter.light() == "green"
    assert [step.transition for step in matter.steps.order_by("id")] == ["open", "claim", "submit", "verify"]
    assert any("核验通过" in notice.text for notice in unread_for(cast.secretary))


def test_who_rectified_never_verifies(open_item: Opener, cast: SimpleNamespace) -> None:
    """``both`` is the village's secretary and a verifier of the district."""
    matter = submit(open_item(cast.land.village3), cast.both)
    refused = refusal(by=cast.both, matter=matter, transition="verify")
    assert refused.code == "matter.own_work"
    assert "核验员" in refused.problems[0].what_next()
    assert advance(by=cast.verifier, matter=matter, transition="verify").is_closed


@pytest.mark.parametrize("transition", ["decline", "mark_duplicate"])
def test_who_rectified_closes_it_in_no_other_way(open_item: Opener, cast: SimpleNamespace, transition: str) -> None:
    """A secretary who also sits in the town's office cannot put an unfinished matter out of sight."""
    duties.grant_duty(by=system_account(), account=cast.secretary, role="town_office", place=cast.land.town)
    matter = claim(open_item(cast.land.village), cast.secretary)
    assert refusal(by=cast.secretary, matter=matter, transition=transition).code == "matter.own_work"
    colleague = duties.open_account(by=system_account(), username="deputy", title="副支书", unit=cast.secretary.unit)
    duties.grant_duty(by=system_account(), account=colleague, role="town_office", place=cast.land.town)
    assert refusal(by=colleague, matter=matter, transition=transition).code == "matter.same_unit"


def test_who_only_claimed_does_not_verify_either(open_item: Opener, cast: SimpleNamespace) -> None:
    matter = claim(open_item(cast.land.village3), cast.both)
    colleague = duties.open_account(by=system_account(), username="deputy", title="副支书", unit=cast.secretary2.unit)
    duties.grant_duty(by=system_account(), account=colleague, role="village_secretary", place=cast.land.village3)
    matter = submit(matter, colleague)
    assert refusal(by=cast.both, matter=matter, transition="verify").code == "matter.own_work"


def test_whoever_had_a_hand_in_the_work_does_not_verify(open_item: Opener, cast: SimpleNamespace) -> None:
    """Correcting its fields, photographing it done or answering for it bars as a step does."""
    colleague = duties.open_account(by=system_account(), username="deputy", title="副支书", unit=cast.secretary2.unit)
    duties.grant_duty(by=system_account(), account=colleague, role="village_secretary", place=cast.land.village3)

    def corrected(matter: Matter) -> None:
        edit_fields(by=cast.both, matter=matter, values={"progress": "过半"})

    def photographed(matter: Matter) -> None:
        seen = {"place": matter.place, "slot": "after", "name": "b.jpg", "caption": ""}
        attach_file(by=cast.both, subject=matter, data=photo(5), **seen)

    def answerable(matter: Matter) -> None:
        assign(by=cast.town_office, matter=matter, owner=cast.both)

    for hand in (corrected, photographed, answerable):
        matter = claim(open_item(cast.land.village3, owner=colleague), colleague)
        hand(matter)
        matter = submit(Matter.objects.get(pk=matter.pk), colleague)
        assert refusal(by=cast.both, matter=matter, transition="verify").code == "matter.own_work"
        assert advance(by=cast.verifier, matter=matter, transition="verify").is_closed


def test_the_same_unit_does_not_verify(item: Matter, cast: SimpleNamespace) -> None:
    def verifier(name: str, unit: Any) -> Any:
        account = duties.open_account(by=system_account(), username=name, title="核验员", unit=unit)
        duties.grant_duty(by=system_account(), account=account, role="verifier", place=cast.land.district)
        return account

    matter = submit(item, cast.secretary)
    neighbour = verifier("neighbour", cast.secretary.unit)
    refused = refusal(by=neighbour, matter=matter, transition="verify")
    assert refused.code == "matter.same_unit"
    assert "村委会" in refused.problems[0].message()
    neighbour.unit = None
    neighbour.save()
    assert refusal(by=neighbour, matter=matter, transition="return", note="x").code == "matter.same_unit"
    assert advance(by=verifier("far", cast.other_secretary.unit), matter=matter, transition="verify").is_closed


def test_return_needs_a_note_and_lets_the_clock_run_on(item: Matter, cast: SimpleNamespace) -> None:
    matter = submit(item, cast.secretary)
    assert (matter.clock, str(matter.due_on)) == ("verify", "2018-04-10")
    assert refusal(by=cast.verifier, matter=matter, transition="return").code == "matter.note_required"
    with at("2018-04-09"):
        matter = advance(by=cast.verifier, matter=matter, transition="return", note="照片看不清")
    assert (matter.state, matter.clock, str(matter.due_on)) == ("rectifying", "rectify", "2018-04-20")
    assert any("照片看不清" in notice.text for notice in unread_for(cast.secretary))


def test_names_everything_that_is_missing_at_once(item: Matter, cast: SimpleNamespace) -> None:
    refused = refusal(by=cast.secretary, matter=item, transition="claim")
    assert [(p.code, p.field) for p in refused.problems] == [
        ("matter.field_required", "measures"),
        ("matter.field_required", "deadline"),
    ]
    matter = claim(item, cast.secretary)
    refused = refusal(by=cast.secretary, matter=matter, transition="submit")
    assert [(p.code, p.field) for p in refused.problems] == [
        ("matter.field_required", "progress"),
        ("matter.evidence_required", "after"),
    ]


def test_refuses_what_the_state_does_not_offer(item: Matter, cast: SimpleNamespace) -> None:
    for transition in ("verify", "nothing"):
        refused = refusal(by=cast.verifier, matter=item, transition=transition)
        assert refused.code == "matter.transition_not_here"
        assert "认领" in refused.problems[0].what_next()


def test_refuses_whose_duty_is_elsewhere_and_names_who_can(item: Matter, cast: SimpleNamespace) -> None:
    for other in (cast.secretary2, cast.district_office, cast.stranger, system_account()):
        refused = refusal(by=other, matter=item, transition="claim", values=CLAIM)
        assert refused.code == "matter.role_needed"
        assert "寨卜昌村党支部书记" in refused.problems[0].what_next()


@pytest.mark.parametrize(
    ("day", "code"), [("2018-04-25", "matter.deadline_beyond_limit"), ("2018-04-01", "matter.deadline_in_past")]
)
def test_own_deadline_within_the_limit(item: Matter, cast: SimpleNamespace, day: str, code: str) -> None:
    values = {**CLAIM, "deadline": day}
    assert refusal(by=cast.secretary, matter=item, transition="claim", values=values).code == code
    item.refresh_from_db()
    assert (item.state, item.version) == ("to_claim", 1)


def test_a_claim_after_the_limit_is_still_possible(item: Matter, cast: SimpleNamespace) -> None:
    with at("2018-05-10"):
        matter = claim(item, cast.secretary, deadline="2018-04-24")
        assert matter.light() == "red"


def test_a_stale_step_is_refused_with_both_versions(item: Matter, cast: SimpleNamespace) -> None:
    matter = claim(item, cast.secretary)
    refused = refusal(
        by=cast.secretary, matter=item, transition="update", values={"measures": "另一措施"}, seen_version=1
    )
    assert (refused.code, matter.version) == ("record.stale", 2)
    assert refused.extra["mine"] == {"measures": "另一措施"}
    assert refused.extra["theirs"] == {"measures": CLAIM["measures"]}


def test_unknown_and_unoffered_fields_are_refused(item: Matter, cast: SimpleNamespace) -> None:
    for extra in ({"colour": "red"}, {"where_else": "住建局"}, {"duplicate_of": "ZG-2018-0001"}):
        values = {**CLAIM, **extra}
        assert refusal(by=cast.secretary, matter=item, transition="claim", values=values).code == "value.unknown"


def test_not_ours_says_where_else(item: Matter, cast: SimpleNamespace) -> None:
    refused = refusal(by=cast.town_office, matter=item, transition="decline")
    assert [p.field for p in refused.problems] == ["where_else", "note"]
    values = {"where_else": "区住建局"}
    matter = advance(by=cast.town_office, matter=item, transition="decline", values=values, note="属住建职责")
    assert (matter.close_reason, matter.light()) == ("not_ours", "")


def test_not_resolvable_is_confirmed_by_another_unit(item: Matter, cast: SimpleNamespace) -> None:
    matter = advance(by=cast.town_office, matter=item, transition="declare_not_resolvable", note="已纳入搬迁")
    assert (matter.phase, matter.clock) == ("submitted", "verify")
    assert refusal(by=cast.town_office, matter=matter, transition="confirm_not_resolvable").code == "matter.role_needed"
    matter = advance(by=cast.verifier, matter=matter, transition="confirm_not_resolvable", note="属实")
    assert (matter.close_reason, matter.verifier, matter.light()) == ("not_resolvable", cast.verifier, "")


def test_duplicate_needs_the_original(open_item: Opener, cast: SimpleNamespace) -> None:
    first, second = open_item(), open_item(cast.land.village2)
    elsewhere = open_item(cast.land.other_village)
    for number in ("", second.number, "ZG-2018-9999", elsewhere.number):
        values = {"duplicate_of": number}
        refused = refusal(by=cast.town_office, matter=second, transition="mark_duplicate", values=values)
        assert refused.code == "matter.duplicate"
    values = {"duplicate_of": first.number.lower()}
    second = advance(by=cast.town_office, matter=second, transition="mark_duplicate", values=values)
    assert (second.duplicate_of, second.close_reason) == (first, "duplicate")


def test_reopening_starts_the_clock_and_the_bars_anew(open_item: Opener, cast: SimpleNamespace) -> None:
    matter = close(open_item(cast.land.village3), cast.both, cast.verifier)
    with at("2018-06-01"):
        matter = advance(by=cast.district_office, matter=matter, transition="reopen", note="问题反弹")
        assert (matter.state, matter.closed_on, matter.close_reason, matter.verifier) == ("rectifying", None, "", None)
        assert (str(matter.due_on), matter.light()) == ("2018-06-25", "")  # its own deadline of April fell
        matter = assign(by=cast.town_office, matter=matter, owner=cast.town_office)
        matter = submit(matter, cast.town_office, shade=10)
        assert advance(by=cast.both, matter=matter, transition="verify").verifier == cast.both


def test_reopening_what_nobody_verified_keeps_the_bars(open_item: Opener, cast: SimpleNamespace) -> None:
    """Whoever rectified is not freed by closing it as another's business, or as a double, and opening it again."""
    village, again = cast.land.village3, {"by": cast.district_office, "transition": "reopen", "note": "还是我们的"}
    other = open_item(village)
    for closing in (
        {"transition": "decline", "values": {"where_else": "区水利局"}, "note": "不是"},
        {"transition": "mark_duplicate", "values": {"duplicate_of": other.number, "keep": {"measures": "stays"}}},
    ):
        matter = claim(open_item(village, title="路灯"), cast.both)
        matter = assign(by=cast.town_office, matter=matter, owner=cast.town_office)
        matter = advance(matter=advance(by=cast.town_office, matter=matter, **closing), **again)
        matter = submit(matter, cast.town_office, shade=10)
        assert refusal(by=cast.both, matter=matter, transition="verify").code == "matter.own_work"
        assert advance(by=cast.verifier, matter=matter, transition="verify").phase == "closed"


def test_the_responsible_person_takes_steps_without_being_secretary(item: Matter, cast: SimpleNamespace) -> None:
    matter = claim(item, cast.secretary, responsible_person=cast.village_lead)
    assert (matter.owner, matter.unit) == (cast.village_lead, cast.village_lead.unit)
    assert submit(matter, cast.village_lead).state == "submitted"
