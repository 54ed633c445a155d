"""The codes of other systems: kept as they are typed or pasted, each wrong line named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.exchange.actions import set_codes
from huoshui.exchange.codes import codes_of
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry


def test_codes_are_kept_and_replaced(cast: SimpleNamespace) -> None:
    by = cast.administrator
    set_codes(by=by, system="dhis2", indicators="rectification.opened,f7n9E0hX8qk\n# 说明\n\n", places="410871\tDis")
    kept = codes_of("dhis2")
    assert (kept.element("rectification.opened"), kept.indicator("f7n9E0hX8qk")) == (
        "f7n9E0hX8qk",
        "rectification.opened",
    )
    assert (kept.unit("410871"), kept.place("Dis"), kept.unit("4108"), kept.place("4108")) == (
        "Dis",
        "410871",
        "4108",
        "4108",
    )
    set_codes(by=by, system="dhis2", indicators="", places="410871 = Other")
    assert codes_of("dhis2").unit("410871") == "Other"
    assert codes_of("dhis2").element("rectification.opened") == "rectification.opened"
    assert codes_of("other").unit("410871") == "410871"
    assert Entry.objects.filter(action="exchange.set_codes").count() == 2
    set_codes(by=by, system="dhis2", indicators="", places="410871,Other")  # changes nothing
    assert Entry.objects.filter(action="exchange.set_codes").count() == 2


def test_every_wrong_line_is_named(cast: SimpleNamespace) -> None:
    text = "rectification.opened,a\nno.such,b\nrectification.opened,c\nrectification.closed,a\nalone\n"
    with pytest.raises(Refusal) as refused:
        set_codes(by=cast.administrator, system="dhis2", indicators=text, places="999,x")
    told = {(problem.field, problem.row, problem.code) for problem in refused.value.problems}
    assert told >= {
        ("indicators", 2, "exchange.code_unknown"),
        ("indicators", 3, "exchange.code_twice"),
        ("indicators", 4, "exchange.code_twice"),
        ("indicators", 5, "exchange.code_line"),
        ("places", 1, "exchange.code_unknown"),
    }
    assert codes_of("dhis2").indicators == {}


def test_who_may_and_how_a_system_is_called(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match=r"access\.denied"):
        set_codes(by=cast.leader, system="dhis2", indicators="", places="410871,x")
    with pytest.raises(Refusal, match=r"exchange\.system"):
        set_codes(by=cast.administrator, system="Mein System", indicators="", places="410871,x")
