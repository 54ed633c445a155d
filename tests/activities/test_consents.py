"""Pictures of children: none before a consent is recorded, off the page when one is withdrawn, shown nowhere else."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.activities import actions
from huoshui.activities.models import Activity
from huoshui.media.actions import attach_file, reuse_attachment
from huoshui.media.models import Attachment
from huoshui.media.queries import attachments_of, known_files
from tests.activities.staging import TODAY, entry, lecture, refusal, theme_day
from tests.matters.conftest import photo

JPEG = photo()


def attach(cast: SimpleNamespace, activity: Activity, slot: str) -> Attachment:
    return attach_file(by=cast.secretary, subject=activity, place=activity.place, slot=slot, data=JPEG, name="a.jpg")


def consent(cast: SimpleNamespace, activity: Activity, **given: object) -> object:
    asked = {"children": 40, "given_on": TODAY, "paper": "家长知情同意书，存学校德育处"}
    return actions.record_consent(**{"by": cast.secretary, "activity": activity, **asked, **given})


def test_pictures_wait_for_a_consent_and_go_with_it(cast: SimpleNamespace) -> None:
    held = lecture(cast)
    waiting = {
        "by": cast.secretary,
        "subject": held,
        "place": held.place,
        "slot": "children",
        "data": JPEG,
        "name": "a.jpg",
    }
    assert refusal(attach_file, **waiting) == [("photo.slot_closed", "slot")]
    attach(cast, held, "photos")
    first, second = consent(cast, held), consent(cast, held, children=2)
    attach(cast, held, "children")
    assert actions.withdraw_consent(by=cast.secretary, consent=first, said="一位家长电话要求") == 1
    assert [one.slot for one in attachments_of(held)] == ["photos"]
    assert '"pictures_taken_off":1' in entry(held).data
    assert attach(cast, held, "children")  # the other consent stands
    assert actions.withdraw_consent(by=cast.secretary, consent=second) == 1
    assert refusal(attach_file, **waiting) == [("photo.slot_closed", "slot")]


def test_they_are_shown_in_their_activity_alone(cast: SimpleNamespace) -> None:
    held, other = lecture(cast), theme_day(cast)
    consent(cast, held)
    picture = attach(cast, held, "children")
    again = {"by": cast.secretary, "attachment": picture, "subject": other, "place": other.place, "slot": "photos"}
    assert refusal(reuse_attachment, **again) == [("file.bound", "slot")]
    kinds = ["activities.activity"]
    found = known_files(cast.secretary, held.place, kinds, besides=other, slot="photos", documents=True)
    assert found == []


def test_refusals(cast: SimpleNamespace) -> None:
    held = lecture(cast)
    assert refusal(consent, cast=cast, activity=theme_day(cast)) == [("activity.no_children", "children")]
    assert refusal(consent, cast=cast, activity=held, by=cast.auditor) == [("activity.recorder_needed", "kind")]
    tomorrow = TODAY + dt.timedelta(days=1)
    assert refusal(consent, cast=cast, activity=held, children=0, given_on=tomorrow, paper="") == [
        ("value.range", "children"), ("activity.not_yet", "given_on"), ("value.required", "paper"),
    ]  # fmt: skip
    given = consent(cast, held)
    actions.withdraw_consent(by=cast.secretary, consent=given)
    assert refusal(actions.withdraw_consent, by=cast.secretary, consent=given) == [("activity.consent_over", "consent")]
