"""Many accounts and duties from a workbook: every row by the actions of one, all or nothing, and safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from huoshui.duties.actions import grant_duty, open_account, open_unit
from huoshui.duties.models import Account, Duty, Unit
from huoshui.duties.people_file import PeopleFile, PersonLine, located, read_people
from huoshui.duties.queries import roles
from huoshui.kernel import clock
from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.trials import NotAll, Outcome, Told, Trial, done, tried
from huoshui.packs.queries import current_versions
from huoshui.places.models import Place


@dataclass(frozen=True)
class Words:
    """What the words of a file stand for, read once: roles and packs by name or code, places that ``by`` sees."""

    by: Any

    @cached_property
    def roles(self) -> dict[str, str]:
        known = roles()
        return {word: code for code, role in known.items() for word in (role.name.zh, role.name.en, code)}

    @cached_property
    def packs(self) -> dict[str, str]:
        versions = current_versions()
        names = {code: version.manifest.name for code, version in versions.items()}
        return {word: code for code, name in names.items() for word in (name.zh, name.en, code)}

    @cached_property
    def places(self) -> dict[str, Place | None]:
        """By code, name or short name; None for a name that several places have."""
        found: dict[str, Place | None] = {}
        for place in Place.objects.visible_to(self.by).filter(closed_on__isnull=True):
            for word in {place.code, place.name, place.short_name}:
                found[word] = None if word in found else place
        return found

    def place(self, line: PersonLine, column: str) -> Place:
        """The place that a cell names. Raises people.place."""
        place = self.places.get(line.texts[column])
        if place is None:
            raise Refusal("people.place", field=column, value=line.texts[column])
        return place


@dataclass(frozen=True)
class PersonRow:
    """One row under the actions."""

    by: Any
    line: PersonLine
    words: Words
    open_units: bool

    @property
    def key(self) -> str:
        return f"{self.line.number} {self.line.texts['username']}"

    def act(self) -> None:
        """Open the account unless it is there, then give the duty unless it is held. Raises what the actions raise,
        and unit.unknown, account.differs, account.closed or people.place.
        """
        account = self._account() or self._opened()
        if not account.is_active:
            raise Refusal("account.closed", field="username", person=account.title)
        if self.line.texts["role"]:
            self._grant(account)

    def _account(self) -> Account | None:
        """The account that has the username already, if the actor may see it. Raises account.differs."""
        texts = self.line.texts
        found = Account.objects.visible_to(self.by).filter(username__iexact=texts["username"])
        account = found.select_related("unit__place").first()
        if account is None:
            return None
        unit = account.unit
        if account.title != texts["title"]:
            raise self._differs("title", _("职务称谓"), account.title)
        if unit is None or unit.name != texts["unit"] or unit.place != self.words.place(self.line, "unit_place"):
            raise self._differs("unit", _("单位"), f"{unit.place.short_name} {unit.name}" if unit else "—")
        return account

    def _differs(self, column: str, label: str, registered: str) -> Refusal:
        texts = self.line.texts
        return Refusal(
            "account.differs", field=column, username=texts["username"], label=label, registered=registered,
            value=texts[column],
        )  # fmt: skip

    def _opened(self) -> Account:
        texts, place = self.line.texts, self.words.place(self.line, "unit_place")
        unit = Unit.objects.filter(place=place, name=texts["unit"]).first()
        if unit is None:
            if not self.open_units:
                raise Refusal("unit.unknown", field="unit", place=place.short_name, unit=texts["unit"])
            unit = open_unit(by=self.by, place=place, name=texts["unit"])
        opened: Account = open_account(by=self.by, username=texts["username"], title=texts["title"], unit=unit)
        return opened

    def _grant(self, account: Account) -> None:
        line, word, place = self.line, self.line.texts["pack"], self.words.place(self.line, "place")
        if word and word not in self.words.packs:
            raise Refusal("duty.pack", field="pack", pack=word)
        role, pack = self._role(), self.words.packs.get(word, "")
        held = Duty.objects.filter(account=account, role=role, place=place, pack=pack, until=line.until)
        same = held.filter(since=line.since) if line.since else held.in_force(clock.today())
        if not same.exists():
            grant_duty(
                by=self.by, account=account, role=role, place=place, pack=pack, since=line.since, until=line.until
            )

    def _role(self) -> str:
        word = self.line.texts["role"]
        if word not in self.words.roles:
            raise Refusal("duty.role", field="role", role=word)
        return self.words.roles[word]

    def told(self) -> Told:
        """The account and its duties, as far as this row speaks of them."""
        texts = self.line.texts
        account = Account.objects.get_queryset().filter(username__iexact=texts["username"]).first()
        if account is None:
            return {}
        told = {"account": (_("账号"), f"{account.title} {account.username}")}
        known = roles()
        for duty in account.duties.select_related("place").order_by("id"):
            name = known[duty.role].titled_at(duty.place.short_name) if duty.role in known else duty.role
            days = f"{duty.since} — {duty.until or _('长期')}"
            told[f"duty-{duty.role}-{duty.place.code}-{duty.pack}-{duty.since}"] = (_("职责"), f"{name}，{days}")
        return told


@dataclass
class PeopleImport:
    """What a file would do, or did; with problems nothing was written."""

    trial: Trial[PersonRow]
    problems: list[Problem] = field(default_factory=list)
    written: bool = False

    @property
    def plan(self) -> str:
        """SHA-256 over what would be written."""
        return self.trial.digest

    @property
    def opened(self) -> list[Outcome[PersonRow]]:
        """Rows that open an account."""
        return [row for row in self.trial.possible if any(change.code == "account" for change in row.changes)]


def import_people(
    *, by: Any, data: bytes, name: str, open_units: bool = False, dry_run: bool = False, agreed: str | None = None
) -> PeopleImport:
    """Open accounts and give duties as the rows of an .xlsx or .csv file say; all of them or none.

    ``open_units``: units that are missing are registered too. ``agreed`` is the ``plan`` of a dry run that somebody has
    read. Each row's own action decides what its writer may do there. Raises access.denied for whoever manages accounts
    nowhere, import.plan_changed, and what ``read_people`` raises.
    """
    require(by, "account.manage")
    file = read_people(data, name)
    words = Words(by)
    rows = [PersonRow(by, line, words, open_units) for line in file.lines]
    if dry_run or file.problems:
        return _told(file, tried(rows))
    try:
        report = _told(file, done(rows, agreed=agreed))
    except NotAll as stopped:
        return _told(file, stopped.trial)
    report.written = bool(report.trial.possible)
    return report


def _told(file: PeopleFile, trial: Trial[PersonRow]) -> PeopleImport:
    problems = [*file.problems, *_refused(trial.refused, file.columns)]
    return PeopleImport(trial, sorted(problems, key=lambda problem: problem.row or 0))


def _refused(outcomes: Iterable[Outcome[PersonRow]], columns: dict[str, str]) -> Iterable[Problem]:
    for outcome in outcomes:
        for problem in outcome.refusal.problems if outcome.refusal else ():
            problem.row = outcome.row.line.number
            yield located(problem, columns)
