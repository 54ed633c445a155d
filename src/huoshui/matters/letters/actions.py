"""Issuing a letter, and recording the reply of the unit that it was sent to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from huoshui.duties.models import Account
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import listed
from huoshui.matters.actions.common import tell_accounts
from huoshui.matters.letters.models import Letter, LetterMatter
from huoshui.matters.letters.templates import template_for
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.numbering import next_in
from huoshui.matters.schema_parts import LetterRule

MOST = 30
"""Matters in one letter."""
LENGTHS = {"organ": 100, "demand": 5000, "signer": 60, "copies": 200, "reply": 5000}


@action("matters.issue_letter")
def issue_letter(
    *,
    by: Any,
    matters: Sequence[Matter],
    demand: str,
    until: dt.date,
    signer: str,
    copies: str = "",
    organ: str = "",
) -> Letter:
    """Send a letter to the unit that answers for some matters; they are under supervision from then on.

    ``organ`` "": the unit of ``by``. What the letter says is kept as it is now. Raises letter.none, letter.units,
    letter.not_kept, access.denied, letter.own_unit, matter.is_closed, letter.until, value.required or value.too_long.
    """
    matters = list(Matter.objects.select_for_update().filter(pk__in=[one.pk for one in matters]).order_by("pk"))
    rule = _rule(by, matters)
    texts = {
        "organ": organ.strip() or str(by.unit or ""),
        "demand": demand.strip(),
        "signer": signer.strip(),
        "copies": copies.strip(),
    }
    _check_texts(texts, optional=("copies",))
    if until < clock.today():
        raise Refusal("letter.until", field="until", day=until)
    letter = _created(by, matters, rule, until, texts)
    for matter in matters:
        put_in_letter(by=by, matter=matter, letter=letter)
    after = journal.snapshot(letter, "demand", "until", "signer", "copies", "organ")
    after |= {"unit": letter.addressee, "matters": [matter.number for matter in matters]}
    journal.record(by=by, subject=letter, place=letter.place, after=after)
    tell_accounts(
        by,
        matters[0],
        Account.objects.get_queryset().filter(unit=letter.unit, is_active=True),
        "matter.letter",
        letter=letter.number,
        until=str(until),
    )
    return letter


def _created(by: Any, matters: list[Matter], rule: LetterRule, until: dt.date, texts: dict[str, str]) -> Letter:
    """The letter with the next number, and what its matters are now."""
    today, first = clock.today(), matters[0]
    if first.unit is None:  # ``_rule`` has refused it
        raise LookupError(first.number)
    sequence = next_in(rule.code, today.year)
    return Letter.objects.create(
        number=f"{rule.code}〔{today.year}〕{sequence}号",
        year=today.year,
        sequence=sequence,
        pack=first.pack,
        place=first.unit.place,
        unit=first.unit,
        addressee=first.unit.name,
        title=_title(matters),
        lines=[_line(matter) for matter in matters],
        until=until,
        issued_by=by,
        issued_on=today,
        template=template_for(first.unit.place),
        **texts,
    )


@action("matters.put_in_letter")
def put_in_letter(*, by: Any, matter: Matter, letter: Letter) -> LetterMatter:
    """Tie a matter to a letter, and put it under supervision. Called by ``issue_letter`` alone, which authorises."""
    found = LetterMatter.objects.create(letter=letter, matter=matter)
    before = journal.snapshot(matter, "supervised_on")
    matter.supervised_on = matter.supervised_on or clock.today()
    matter.save_next_version("supervised_on")
    after = journal.snapshot(matter, "supervised_on") | {"letter": letter.number, "until": letter.until}
    journal.record(by=by, subject=matter, place=matter.place, before=before, after=after)
    return found


@action("matters.reply_to_letter")
def reply_to_letter(*, by: Any, letter: Letter, reply: str, seen_version: int | None = None) -> Letter:
    """Record what the unit addressed replies; once, by somebody of that unit.

    Raises record.stale, letter.replied, letter.reply_unit, value.required or value.too_long.
    """
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    if letter.replied_on is not None:
        raise Refusal("letter.replied", number=letter.number, day=letter.replied_on)
    letter.require_version(seen_version)
    if by.unit_id != letter.unit_id:
        raise Refusal("letter.reply_unit", unit=letter.addressee)
    text = reply.strip()
    _check_texts({"reply": text})
    letter.reply, letter.replied_by, letter.replied_on = text, by, clock.today()
    letter.save_next_version("reply", "replied_by", "replied_on")
    journal.record(by=by, subject=letter, place=letter.place, after=journal.snapshot(letter, "reply", "replied_on"))
    matters = list(Matter.objects.filter(letters__letter=letter).order_by("number"))
    for matter in matters:
        note_reply(by=by, matter=matter, letter=letter)
    tell_accounts(by, matters[0], [letter.issued_by], "matter.letter_replied", letter=letter.number)
    return letter


@action("matters.note_reply")
def note_reply(*, by: Any, matter: Matter, letter: Letter) -> None:
    """Tell the reply in the story of a matter. Called by ``reply_to_letter`` alone, which authorises."""
    after = {"letter": letter.number, "reply": letter.reply}
    journal.record(by=by, subject=matter, place=matter.place, after=after)


def _rule(by: Any, matters: list[Matter]) -> LetterRule:
    """The rule that the kinds of all the matters share, if one letter to their one unit may be sent by ``by``."""
    if not 0 < len(matters) <= MOST:
        raise Refusal("letter.none", field="matters", most=MOST)
    if len({(matter.unit_id, matter.pack) for matter in matters}) > 1 or matters[0].unit_id is None:
        raise Refusal("letter.units", field="matters", numbers=listed(matter.number for matter in matters))
    for matter in matters:
        require(by, "letter.issue", path=matter.place.path, pack=matter.pack)
        if by.unit_id == matter.unit_id:
            raise Refusal("letter.own_unit", field="matters", unit=str(matter.unit), number=matter.number)
        if matter.phase == CLOSED:
            raise Refusal("matter.is_closed", field="matters", number=matter.number, state=matter.state_name)
    rules = {matter.definition.letter for matter in matters}
    rule = rules.pop()
    if rule is None or rules:
        raise Refusal("letter.not_kept", field="matters", kinds=listed({matter.kind_name for matter in matters}))
    return rule


def _check_texts(texts: dict[str, str], optional: tuple[str, ...] = ()) -> None:
    labels = {
        "organ": _("发文机关"),
        "demand": _("督办要求"),
        "signer": _("签发人"),
        "copies": _("抄送"),
        "reply": _("答复"),
    }
    problems = [
        Problem("value.required", code, params={"label": labels[code]})
        for code, text in texts.items()
        if not text and code not in optional
    ]
    problems += [
        Problem("value.too_long", code, params={"label": labels[code], "length": len(text), "limit": LENGTHS[code]})
        for code, text in texts.items()
        if len(text) > LENGTHS[code]
    ]
    if problems:
        raise Refusal.of(problems)


def _title(matters: list[Matter]) -> str:
    """The title of a letter, in Chinese whoever writes it: the letter itself is."""
    first = matters[0].title
    return f"关于督办“{first}”的函" if len(matters) == 1 else f"关于督办“{first}”等{len(matters)}件事项的函"


def _line(matter: Matter) -> dict[str, str]:
    return {
        "number": matter.number,
        "title": matter.title,
        "place": matter.place.short_name,
        "owner": matter.owner.title if matter.owner else "",
        "due": matter.due_on.isoformat() if matter.due_on else "",
        "state": matter.definition.state(matter.state).name.zh,
    }
