"""What is done with other systems: their codes are kept, their values taken over."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext

from huoshui.exchange.codes import Codes, codes_of, lines_of, read_lines
from huoshui.exchange.models import OtherCode
from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal

SYSTEM = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@action("exchange.set_codes", reference=False)
def set_codes(*, by: Any, system: str, indicators: str, places: str) -> Codes:
    """Replace the codes that a system has for our indicators and places: a line each, ours and theirs.

    Raises access.denied, exchange.system, or of every wrong line exchange.code_line, .code_twice or .code_unknown.
    """
    require(by, "exchange.map")
    if not SYSTEM.fullmatch(system):
        raise Refusal("exchange.system", field="system", name=system)
    problems: list[Problem] = []
    asked = Codes(read_lines(indicators, "indicator", problems), read_lines(places, "place", problems))
    if problems:
        raise Refusal.of(problems)
    before = codes_of(system)
    if (asked.indicators, asked.places) == (before.indicators, before.places):
        running_action().changed_nothing()
        return asked
    OtherCode.objects.filter(system=system).delete()
    rows = [
        OtherCode(system=system, kind=kind, ours=ours, theirs=theirs)
        for kind, pairs in ((OtherCode.Kind.INDICATOR, asked.indicators), (OtherCode.Kind.PLACE, asked.places))
        for ours, theirs in pairs.items()
    ]
    OtherCode.objects.bulk_create(rows, batch_size=500)
    subject = OtherCode(system=system, ours=gettext("代码对照"))
    journal.record(by=by, subject=subject, before=_told(before), after={"code": system} | _told(asked))
    return asked


def _told(codes: Codes) -> dict[str, Any]:
    return {"indicators": lines_of(codes.indicators), "places": lines_of(codes.places)}
