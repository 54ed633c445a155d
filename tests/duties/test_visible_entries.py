"""duties.queries.visible_entries: whose account entries a reader of the journal sees."""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account, visible_entries
from huoshui.duties.sign_in import sign_in
from huoshui.kernel.models import Entry


def test_sign_ins_show_to_those_who_may_see_the_account(cast: SimpleNamespace) -> None:
    for account in (cast.leader, cast.secretary, cast.town_office):
        sign_in(by=account, account=account, shown=["password"])

    def whose(reader: Account) -> set[str]:
        found = visible_entries(Account.objects.get(pk=reader.pk)).filter(action="duties.sign_in")
        return set(found.values_list("subject_label", flat=True))

    grant_duty(by=system_account(), account=cast.stranger, role="auditor", place=cast.land.town)
    assert whose(cast.stranger) == {cast.secretary.title, cast.town_office.title}
    assert whose(cast.administrator) == {cast.leader.title, cast.secretary.title, cast.town_office.title}


def test_what_belongs_to_no_place_and_no_account_shows_to_every_reader(cast: SimpleNamespace) -> None:
    grant_duty(by=system_account(), account=cast.stranger, role="auditor", place=cast.land.town)
    loaded = Entry.objects.filter(action="packs.load")
    assert visible_entries(cast.stranger).filter(action="packs.load").count() == loaded.count() > 0
